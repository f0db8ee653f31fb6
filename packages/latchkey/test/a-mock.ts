// A mock for tests: on free ports, with its store in a folder of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readMockConfig } from '../src/config/read-mock-config.ts'
import { createLogger } from '../src/log.ts'
import { type RunningMock, startMock } from '../src/mock/start-mock.ts'

const ENV = {
  LATCHKEY_PORT: '0',
  LATCHKEY_ADMIN_PORT: '0',
  LATCHKEY_SIGNING_ALG: 'ES256',
  LATCHKEY_LOG_LEVEL: 'silent',
}

export interface TestMock extends RunningMock {
  /** Stops the mock and removes its folder. */
  readonly remove: () => Promise<void>
}

/** Starts a mock. The caller stops it, which removes its folder. */
export async function startTestMock(): Promise<TestMock> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  const read = readMockConfig({ env: ENV, flags: {} }, () => folder)
  if (!read.ok) throw new Error(JSON.stringify(read.refusal))
  const mock = await startMock(read.value, createLogger(read.value.log))
  const remove = async (): Promise<void> => {
    await mock.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { ...mock, remove }
}

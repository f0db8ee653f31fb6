// The guard refuses the same forged and malformed tokens as the server, for the same reasons.
import type { KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PREDICT, startTestServer, type TestIntegration, type TestServer } from '../../../latchkey/test/a-server.ts'
import { forgedTokens } from '../../../latchkey/test/forged-tokens.ts'
import { signingKeyOf } from '../../../latchkey/test/opened-store.ts'
import type { Liveness } from '../../src/guard-options.ts'
import { aGuard, verdictOf } from '../a-guard.ts'

const ALGORITHMS = ['ES256', 'RS256', 'EdDSA'] as const
const MODES: readonly Liveness[] = [
  { mode: 'until-expiry' },
  { mode: 'introspect', maxAgeSeconds: 0 },
  { mode: 'feed', maxStaleSeconds: 10, onStale: 'refuse' },
]

interface Setting {
  readonly server: TestServer
  readonly key: KeyObject
  readonly client: TestIntegration
  readonly reader: TestIntegration
  readonly dataDir: string
}

const settings = new Map<string, Setting>()

beforeAll(async () => {
  for (const alg of ALGORITHMS) {
    const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
    const env = { LATCHKEY_DATA_DIR: dataDir, LATCHKEY_SIGNING_ALG: alg }
    await (await startTestServer({ env })).stop()
    const key = await signingKeyOf(dataDir)
    const server = await startTestServer({ env })
    const client = await server.integration({ scopes: [PREDICT] })
    const reader = await server.integration({ resourceServer: true })
    settings.set(alg, { server, key, client, reader, dataDir })
  }
}, 60_000)

afterAll(async () => {
  for (const { server, dataDir } of settings.values()) {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
})

test.each(ALGORITHMS.flatMap((alg) => MODES.map((liveness) => ({ alg, liveness, mode: liveness.mode }))))(
  'every forged $alg token is refused with its reason by a guard in mode $mode',
  async ({ alg, liveness }) => {
    const { server, key, client, reader } = settings.get(alg) as Setting
    const guard = aGuard(server, { liveness, reader })
    await guard.ready()
    await server.token(client)
    const token = await server.token(client)
    expect(await verdictOf(guard, token, PREDICT)).toBe('200')
    const forged = forgedTokens({ token, privateKey: key })
    const wrong: string[] = []
    for (const { name, token: text, reason } of forged) {
      const verdict = await verdictOf(guard, text, PREDICT)
      if (verdict !== `401 ${reason}`) wrong.push(`${name}: ${verdict} instead of ${reason}`)
    }
    expect(wrong).toEqual([])
    expect(forged.length).toBeGreaterThan(100)
    expect(guard.events.filter(({ type }) => type === 'introspection').length).toBeLessThanOrEqual(1)
    expect(await verdictOf(guard, token, PREDICT)).toBe('200')
  },
)

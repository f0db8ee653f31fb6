// Durable before answered, seen from outside: the sync of the store's log returns before the server sends the answer.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { has } from '../scripts/programs.mjs'
import { Connection } from './connection.ts'
import { freePort } from './free-port.ts'
import { changeIntegration, createIntegration, PREDICT } from './integrations.ts'
import { aTemporaryFolder, startRealServer } from './real-server.ts'
import { attachStrace } from './strace.ts'
import { judgeSyncs, SYNC_TRACE } from './sync-trace.ts'

const ES256 = { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }

describe.skipIf(!has('strace'))('the real server, traced', () => {
  test('syncs its log before it answers a token request, a revocation and a disabling', async () => {
    const server = await startRealServer({ env: ES256 })
    const integration = await createIntegration(server)
    const connection = new Connection(server)
    await connection.token(integration)
    const tracing = await attachStrace(server, SYNC_TRACE)
    for (let n = 0; n < 10; n++) {
      const token = await connection.token(integration)
      if (n % 3 === 0) expect(await connection.revoke(integration, token)).toMatchObject({ status: 200 })
    }
    expect(await changeIntegration(server, integration, 'disable')).toMatchObject({ status: 200 })
    expect(judgeSyncs(await tracing.detach())).toEqual({ answers: 15, early: [] })
    connection.close()
  })

  test('syncs a write before it reports that it is ready', async () => {
    const server = await startRealServer({ env: ES256 })
    const tracing = await attachStrace(server, SYNC_TRACE)
    for (let n = 0; n < 5; n++) expect((await fetch(`${server.publicUrl}/readyz`)).status).toBe(200)
    expect(judgeSyncs(await tracing.detach())).toEqual({ answers: 5, early: [] })
  })

  test('syncs the files that an unclean stop left before it answers from them', async () => {
    const dataDir = aTemporaryFolder()
    const env = { ...ES256, LATCHKEY_PORT: String(await freePort()) }
    const killed = await startRealServer({ dataDir, env })
    const integration = await createIntegration(killed)
    const connection = new Connection(killed)
    const token = await connection.token(integration)
    killed.kill('SIGKILL')
    await killed.exited
    const output = join(aTemporaryFolder(), 'trace')
    const wrap = ['strace', '-f', '-y', '-y', '-o', output, '-e', 'trace=fsync,ftruncate,listen']
    await startRealServer({ dataDir, env, wrap })
    expect(await connection.verify(token, PREDICT)).toMatchObject({ status: 200 })
    expect(checkpointThenListen(readFileSync(output, 'utf8'))).toEqual([
      'fsync latchkey.db-wal',
      'ftruncate latchkey.db',
      'fsync latchkey.db',
      'ftruncate latchkey.db-wal',
      'listen',
    ])
    connection.close()
  })
})

/** The system calls of the checkpoint, and `listen`, in the order in which each of them first happened. */
function checkpointThenListen(trace: string): readonly string[] {
  const steps = trace.matchAll(/ (?:(fsync|ftruncate)\(\d+<[^>]*\/(latchkey\.db(?:-wal)?)>|(listen)\()/g)
  return [...new Set([...steps].map(([, call, file, listen]) => listen ?? `${call} ${file}`))]
}

describe('the reader of a trace', () => {
  const LOG = '27</data/latchkey.db-wal>'
  const SOCKET = '31<TCP:[127.0.0.1:8080->127.0.0.1:41000]>'
  const write = `12 1.000001 pwrite64(${LOG}, "\\0\\0\\0\\1"..., 4096, 56) = 4096`
  const sync = `12 1.000002 fsync(${LOG}) = 0`
  const answer = `11 1.000003 writev(${SOCKET}, [{iov_base="HTTP/1.1 200 OK\\r"..., iov_len=300}], 2) = 600`
  const judged = (...lines: readonly string[]) => judgeSyncs(lines.join('\n'))

  test('accepts write, sync and answer in this order', () => {
    expect(judged(write, sync, answer, write, sync, answer)).toEqual({ answers: 2, early: [] })
    expect(
      judged(
        write,
        `12 1.000002 fsync(${LOG} <unfinished ...>`,
        `11 1.000002 write(19<anon_inode:[eventfd]>, "\\1\\0"..., 8) = 8`,
        '12 1.000002 <... fsync resumed>) = 0',
        answer,
      ),
    ).toEqual({ answers: 1, early: [] })
  })

  test.for<readonly [string, readonly string[]]>([
    ['an answer before the sync', [write, answer, sync]],
    [
      'an answer while the sync is running',
      [write, `12 1.000002 fsync(${LOG} <unfinished ...>`, answer, '12 1.000004 <... fsync resumed>) = 0'],
    ],
    ['an answer for which nothing was written', [write, sync, answer, answer].slice(2, 3)],
    ['a sync that was there before the write', [sync, write, answer]],
    ['a sync that failed', [write, `12 1.000002 fsync(${LOG}) = -1 EIO (Input/output error)`, answer]],
    ['a sync of another file', [write, '12 1.000002 fsync(26</data/latchkey.db>) = 0', answer]],
  ])('finds %s', ([, lines]) => {
    expect(judged(...lines).early).toHaveLength(1)
  })
})

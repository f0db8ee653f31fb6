// A guard runs on while the server's store is restored. It has seen newer tokens than the backup contains, and must
// still accept the next token.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { aTemporaryFolder, startRealServer } from '../real-server.ts'
import { startCli } from '../run-cli.ts'
import { aGuardedServer, newToken } from './guarded-server.ts'

const LIVENESS = { mode: 'feed', maxStaleSeconds: 2, onStale: 'refuse' } as const

async function run(...args: readonly string[]): Promise<void> {
  const cli = startCli(args, {})
  const { code } = await cli.exited
  expect(cli.stderr(), args.join(' ')).toMatch(/./)
  expect(code, cli.stderr()).toBe(0)
}

test('after a restore to the third of nine tokens, a guard that saw all nine refuses them, and accepts the next issued token', async () => {
  const { server, proxy, client, token, guard } = await aGuardedServer()
  const follower = guard(LIVENESS)
  await follower.ready()
  const seen = [await token(), await token(), await token()]
  const file = join(aTemporaryFolder(), 'one.backup')
  const { dataDir } = server
  const cli = startCli(['backup', file], { LATCHKEY_DATA_DIR: dataDir })
  expect(await cli.exited).toMatchObject({ code: 0 })
  for (let n = 0; n < 6; n++) seen.push(await token())
  await eventually(async () => (await follower.verdict(seen.at(-1) ?? '')) === '200', {
    within: 60_000,
    what: 'the ninth',
  })
  server.kill('SIGKILL')
  await server.exited
  await run('restore', file, '--to', dataDir, '--replace', '--yes')
  const env = { LATCHKEY_PORT: String(proxy.target), LATCHKEY_PUBLIC_URL: proxy.url }
  await startRealServer({ dataDir, env })
  const next = await newToken(`http://127.0.0.1:${String(proxy.target)}${new URL(server.issuer).pathname}`, client)
  await eventually(async () => (await follower.verdict(next)) === '200', {
    within: 60_000,
    what: 'the new token is accepted',
  })
  for (const old of seen) expect(await follower.verdict(old)).not.toBe('200')
})

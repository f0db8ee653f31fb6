// Two programs share an integration and request a token for each call: the server names both programs wherever it shows
// the integration to an operator.
import { setTimeout as pause } from 'node:timers/promises'
import type { Contention } from 'latchkey/admin-api'
import { expect, test } from 'vitest'
import { underLoad } from './beside.ts'
import { type Client, Connection } from './connection.ts'
import { eventually, promptly } from './eventually.ts'
import { changeIntegration, createIntegration, type Integration, PREDICT, readAdminKey } from './integrations.ts'
import { type RealServer, startRealServer } from './real-server.ts'
import { startCli } from './run-cli.ts'

const ENV = { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
const BILLING: Client = { address: '127.0.0.1', userAgent: 'billing/1.4' }
const REPORTS: Client = { address: '127.0.0.2', userAgent: 'reports/2.0' }
const MINUTE_MS = 60_000
/** The pause between two calls of a client, in milliseconds. */
const CALL_EVERY_MS = 50

interface WatchedEvent {
  readonly event: string
  readonly data: Contention
}

/** Calls an API until it is stopped, each time with a token fetched for that call. */
async function naiveClient(
  server: RealServer,
  integration: Integration,
  who: Client,
  isOver: () => boolean,
): Promise<void> {
  const connection = new Connection(server, who)
  while (!isOver()) {
    await connection.verify(await connection.token(integration), PREDICT)
    await pause(CALL_EVERY_MS)
  }
  connection.close()
}

async function contentionsOf(server: RealServer, path: string): Promise<readonly Contention[]> {
  const headers = { authorization: `Bearer ${readAdminKey(server).reveal()}` }
  const response = await fetch(`${server.adminUrl}/admin/v1${path}`, { headers })
  return ((await response.json()) as { contention: readonly Contention[] }).contention
}

const lines = <Line>(text: string): readonly Line[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)

const namesOf = ({ sources }: Contention): readonly string[] =>
  sources.map(({ address, user_agent }) => `${user_agent} at ${address}`).toSorted()

// The test needs the address 127.0.0.2. Systems other than Linux answer there only after a change of their
// configuration.
test.skipIf(process.platform !== 'linux')(
  'a program that requests a token for each call is named, with the remedies, and so is a second program that joins it',
  async () => {
    const server = await startRealServer({ env: ENV })
    const integration = await createIntegration(server)
    const quiet = await createIntegration(server, { name: 'Quiet' })
    const watch = startCli(['watch'], { LATCHKEY_DATA_DIR: server.dataDir })
    // The test cannot see when the stream is open. It changes another integration until the stream shows a change.
    await eventually(
      async () => {
        for (const act of ['disable', 'enable'] as const) await changeIntegration(server, quiet, act)
        return watch.stdout().includes('\n')
      },
      { within: 60_000, what: 'the watch is open' },
    )
    const began = performance.now()
    const client = (who: Client) => (isOver: () => boolean) => naiveClient(server, integration, who, isOver)
    const activity = `/integrations/${integration.id}/activity`
    const shownAs = (kind: string): Promise<Contention> =>
      eventually(async () => (await contentionsOf(server, activity)).find((one) => one.kind === kind), {
        within: 60_000,
        what: `the activity shows a contention of ${kind}`,
      })

    const seesBoth = async (): Promise<void> => {
      const shown = await shownAs('several_sources')
      const both = ['billing/1.4 at 127.0.0.1', 'reports/2.0 at 127.0.0.2']
      expect(shown).toMatchObject({ client_id: integration.clientId, scope: PREDICT })
      expect(namesOf(shown)).toEqual(both)
      expect(shown.cures.map(({ code }) => code)).toEqual(['separate_integrations', 'stable_mode', 'agent'])

      const reported = await eventually(
        () =>
          lines<WatchedEvent>(watch.stdout()).find(
            ({ event, data }) => event === 'contention' && data.kind === 'several_sources',
          ),
        { within: 60_000, what: 'the event stream names both' },
      )
      expect(namesOf(reported.data)).toEqual(both)
      expect(reported.data.cures).toEqual(shown.cures)
      const logged = await eventually(
        () =>
          lines<{ event?: string }>(server.stderr()).find(
            (line) => line.event === 'slot.contended' && JSON.stringify(line).includes('127.0.0.2'),
          ),
        { within: 60_000, what: 'the log names both' },
      )
      expect(logged).toMatchObject({ level: 'warn', client_id: integration.clientId, scope: PREDICT })
      expect(JSON.stringify(logged)).toContain('127.0.0.1')
      expect(performance.now() - began).toBeLessThan(MINUTE_MS)

      expect(await contentionsOf(server, `/integrations/${quiet.id}/activity`)).toEqual([])
      expect(await contentionsOf(server, '/overview')).toMatchObject([{ client_id: integration.clientId }])
    }
    await underLoad(client(BILLING), async () => {
      const alone = await shownAs('one_source')
      expect(namesOf(alone)).toEqual(['billing/1.4 at 127.0.0.1'])
      expect(alone.cures.map(({ code }) => code)).toEqual(['keep_the_token', 'stable_mode', 'agent'])
      await underLoad(client(REPORTS), seesBoth)
    })
    watch.child.kill('SIGINT')
    await promptly(watch.exited, { within: 60_000, what: 'the watch ends' })
  },
)

// The program of a guard in its own process: it reads tokens, one per line, judges them, and writes the verdicts.
import { createInterface } from 'node:readline'
import { createGuard, type GuardOptions, requiredScope } from '@latchkey/guard'

/** The options of the process. They are its first line of input, as JSON. */
export interface GuardProcessOptions {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly liveness: GuardOptions['liveness']
  readonly scope: string
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const first = String((await lines.next()).value)
const { issuer, clientId, clientSecret, liveness, scope } = JSON.parse(first) as GuardProcessOptions
let introspections = 0
const guard = createGuard({
  issuer: new URL(issuer),
  audience: 'api://default',
  liveness,
  credentials: { clientId, clientSecret },
  onEvent: ({ type }) => {
    if (type === 'introspection') introspections++
  },
})
const required = requiredScope(scope)
await guard.ready()
process.stdout.write('ready\n')

for await (const token of lines) {
  const decision = await guard.check(`Bearer ${token}`, required)
  const verdict = decision.ok ? '200' : `${String(decision.status)} ${decision.reason}`
  process.stdout.write(`${String(introspections)} ${verdict}\n`)
}
await guard.close()

// Checks what the REST API of Patroni reports about the cluster and its settings
// (https://patroni.readthedocs.io/en/latest/rest_api.html).
import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { printable } from '../terminal.ts'
import { advice, type Finding, ok, problem } from './finding.ts'
import { ask } from './listeners.ts'
import type { Failover } from './postgres.ts'

const MEMBERS = 'Patroni members'
const MODE = 'synchronous mode of Patroni'
const PAUSE = 'automatic fail-over by Patroni'
const FENCING = 'fencing by Patroni'

const clusterSchema = Type.Object({
  members: Type.Array(
    Type.Object({
      name: Type.String(),
      role: Type.String(),
      state: Type.String(),
      timeline: Type.Optional(Type.Number()),
    }),
  ),
  pause: Type.Optional(Type.Boolean()),
})

const configSchema = Type.Object({
  synchronous_mode: Type.Optional(Type.Union([Type.Boolean(), Type.String()])),
  synchronous_mode_strict: Type.Optional(Type.Boolean()),
})

type Cluster = Static<typeof clusterSchema>
type Config = Static<typeof configSchema>

/** `origin` is the address of any member, for instance `http://10.0.0.1:8008`. */
export async function examinePatroni(origin: string, failover: Failover): Promise<readonly Finding[]> {
  const [cluster, config] = await Promise.all([
    read(`${origin}/cluster`, clusterSchema),
    read(`${origin}/config`, configSchema),
  ])
  if (typeof cluster === 'string') return [unanswered(origin, cluster)]
  if (typeof config === 'string') return [unanswered(origin, config)]
  return [
    membersFinding(cluster),
    pauseFinding(cluster),
    modeFinding(config, failover),
    ...(failover === 'asynchronous' ? [FENCING_ADVICE] : []),
  ]
}

/** Returns the document, or the reason why there is none. */
async function read<Schema extends TSchema>(url: string, schema: Schema): Promise<Static<Schema> | string> {
  const answer = await ask(url)
  if (typeof answer === 'string') return answer
  if (answer.status !== 200) return `status ${String(answer.status)}`
  const document: unknown = await answer.json().catch(() => undefined)
  return Value.Check(schema, document) ? document : 'the answer is another document'
}

const unanswered = (origin: string, reason: string): Finding =>
  problem(
    MEMBERS,
    `${origin} does not answer as Patroni does (${reason})`,
    'Give --patroni the address of the REST API of a member, by default port 8008.',
  )

function membersFinding({ members }: Cluster): Finding {
  const found = members.map(({ name, role, state }) => printable(`${name} (${role}, ${state})`)).join(', ')
  const leader = members.find(({ role }) => role === 'leader')
  if (leader === undefined) {
    return problem(MEMBERS, `no leader: ${found}`, 'Look at the logs of Patroni and of etcd: no member can be elected.')
  }
  const troubled = members.filter(
    ({ state, timeline }) => (state !== 'running' && state !== 'streaming') || timeline !== leader.timeline,
  )
  if (troubled.length === 0) return ok(MEMBERS, found)
  return advice(
    MEMBERS,
    found,
    `${troubled.map(({ name }) => printable(name)).join(', ')} cannot take over: not streaming, or on another timeline than the leader. See patronictl list and the log of Patroni there.`,
  )
}

const pauseFinding = ({ pause }: Cluster): Finding =>
  pause === true
    ? advice(PAUSE, 'paused', 'Patroni promotes no standby while it is paused: patronictl resume.')
    : ok(PAUSE, 'on')

function modeFinding(config: Config, failover: Failover): Finding {
  const { synchronous_mode: mode = false, synchronous_mode_strict: isStrict = false } = config
  const isKept = (mode === true || mode === 'quorum') && isStrict
  const found = `synchronous_mode is ${printable(String(mode))}, synchronous_mode_strict is ${String(isStrict)}`
  if (failover === 'synchronous') return isKept ? ok(MODE, found) : problem(MODE, found, STRICT_CURE)
  return isKept ? advice(MODE, found, SYNCHRONOUS_CURE) : ok(MODE, found)
}

const STRICT_CURE =
  'Set synchronous_mode and synchronous_mode_strict to true (patronictl edit-config). Without the strict mode, Patroni empties synchronous_standby_names when the last standby is away, and requests get 503.'
const SYNCHRONOUS_CURE =
  'Tokens could stay live at a fail-over: set LATCHKEY_DATABASE_FAILOVER to synchronous on all servers.'

const FENCING_ADVICE = advice(
  FENCING,
  'its REST API does not show the watchdog',
  'A Patroni that hangs cannot stop its PostgreSQL. Check that patroni.yml of each member has watchdog with mode required, which resets such a machine before another member is promoted.',
)

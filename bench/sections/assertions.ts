// Section: tokens for clients that authenticate by an assertion, compared with the same clients and their secrets.
import { join } from 'node:path'
import { OWN_ALGORITHMS, type OwnAlgorithm } from '../assertion-keys.ts'
import { type FilledStore, filledStore } from '../fill.ts'
import { startJobProcess } from '../jobs.ts'
import { LoadGenerator } from '../load-generator.ts'
import type { LoadTarget, RequestSource, Round } from '../load/job.ts'
import { checkOneLiveToken } from '../one-live-token.ts'
import type { AssertionChecks, AssertionChecksJob } from '../programs/assertion-checks.ts'
import { alternate, type Rival } from '../rounds.ts'
import type { Row } from '../row.ts'
import { type LatchkeyServer, startLatchkey } from '../servers/latchkey.ts'
import { type Contest, type Figure, PREDICT, type SectionContext, type SectionResult } from './section.ts'

const CLIENTS = 2000
const PLACEMENT = 'one core'
const CONNECTIONS = 64
/** More assertions than a server accepts in a second. If the server accepts more, the round ends early. */
const ASSERTIONS_PER_SECOND = 5000
const FORGED_PER_SECOND = 2000
const VALID_PER_SECOND = 500

/** The names of the rows that the targets refer to. */
export const BY = {
  secret: 'by secret',
  rule: 'by trust rule',
  key: (alg: OwnAlgorithm): string => `by key, ${alg}`,
} as const
export const BESIDE_FORGED = 'by secret, beside 2,000 forged assertions a second'

export const tokensBy = (signingAlg: string, by: string): string => `${signingAlg} token ${by}`

interface Subject extends FilledStore {
  readonly signingAlg: string
  readonly server: LatchkeyServer
  readonly load: LoadGenerator
}

export async function measureAssertions(context: SectionContext): Promise<SectionResult> {
  const rs256 = await startSubject(context, 'RS256')
  const contests: Contest[] = [
    await contest(context, rs256, { connections: CONNECTIONS, algorithms: OWN_ALGORITHMS }),
    await contest(context, rs256, { connections: 1, algorithms: ['ES256'] }),
    await refusals(context, rs256),
    await besideForged(context, rs256),
  ]
  await stopSubject(rs256)
  const es256 = await startSubject(context, 'ES256')
  contests.push(await contest(context, es256, { connections: CONNECTIONS, algorithms: ['ES256'] }))
  await stopSubject(es256)
  return {
    title: 'Assertions',
    note: `POST to the token endpoint, ${String(CLIENTS)} clients in turn. Each has a secret, a key of each algorithm and a trust rule. A client's own assertions are signed before their round begins, and each is sent once. A client sends the same assertion of its platform again and again, so the server verifies its signature once. The refused assertions name a key of the client, and another key signed them. The figures below the table are processor time of one process that does nothing else.`,
    contests,
    figures: await checks(context),
  }
}

async function startSubject({ effort, folder, progress }: SectionContext, signingAlg: string): Promise<Subject> {
  progress(`assertions, ${signingAlg}: starting the server`)
  const desired = { count: CLIENTS, signingAlg, slots: 'empty', credentials: 'all' } as const
  const filled = await filledStore(folder, `assertions-${signingAlg}`, desired)
  const server = await startLatchkey({ dataDir: filled.dataDir, signingAlg, placement: PLACEMENT })
  const subject = { ...filled, signingAlg, server, load: new LoadGenerator(PLACEMENT) }
  await round(subject, bySecret(subject), { connections: CONNECTIONS, seconds: effort.warmUpSeconds })
  return subject
}

async function stopSubject({ server, load }: Subject): Promise<void> {
  await Promise.all([server.stop(), load.stop()])
}

const bySecret = ({ clientsFile }: Subject): RequestSource => ({ kind: 'token', clientsFile, scope: PREDICT })

const byRule = ({ clientsFile, keysFile }: Subject): RequestSource => ({
  ...{ kind: 'assertion', by: 'platform', clientsFile, keysFile, scope: PREDICT },
})

const byKey = ({ clientsFile, keysFile }: Subject, alg: OwnAlgorithm, seconds: number): RequestSource => ({
  ...{ kind: 'assertion', by: 'client', alg, clientsFile, keysFile, scope: PREDICT },
  count: Math.ceil(seconds * ASSERTIONS_PER_SECOND),
})

const forged = ({ clientsFile, keysFile }: Subject, alg: OwnAlgorithm): RequestSource => ({
  ...{ kind: 'assertion', by: 'stranger', alg, clientsFile, keysFile, scope: PREDICT },
})

const target = ({ server }: Subject, requests: RequestSource): LoadTarget => ({
  ...{ url: server.tokenUrl, pid: server.pid, requests },
})

function round(
  subject: Subject,
  requests: RequestSource,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Round> {
  return subject.load.closedLoop({ target: target(subject, requests), connections, seconds })
}

/** Compares the secret with keys of these algorithms, and with a trust rule. */
async function contest(
  { effort, progress }: SectionContext,
  subject: Subject,
  { connections, algorithms }: { readonly connections: number; readonly algorithms: readonly OwnAlgorithm[] },
): Promise<readonly Row[]> {
  const { signingAlg, server } = subject
  const rival = (by: string, requestsFor: (seconds: number) => RequestSource) => ({
    by,
    run: async (seconds: number): Promise<Round> => {
      const measured = await round(subject, requestsFor(seconds), { connections, seconds })
      await checkOneLiveToken(server, PREDICT, measured.last)
      return measured
    },
  })
  const rivals = [
    rival(BY.secret, () => bySecret(subject)),
    rival(BY.rule, () => byRule(subject)),
    ...algorithms.map((alg) => rival(BY.key(alg), (seconds) => byKey(subject, alg, seconds))),
  ]
  // The first assertion of each client costs more: the server reads the client's key, or verifies a signature whose
  // result it then caches.
  for (const { run } of rivals) await run(effort.warmUpSeconds)
  progress(`assertions, ${signingAlg}, ${String(connections)} connections`)
  return alternate(
    rivals.map(({ by, run }): Rival => ({
      work: { name: tokensBy(signingAlg, by), placement: PLACEMENT, connections },
      round: () => run(effort.roundSeconds),
    })),
    effort.rounds,
  )
}

async function refusals({ effort, progress }: SectionContext, subject: Subject): Promise<readonly Row[]> {
  progress('assertions: refusals')
  return alternate(
    (['ES256', 'RS256'] as const).map((alg): Rival => ({
      work: { name: `refused, ${alg}`, placement: PLACEMENT, connections: CONNECTIONS },
      round: () => round(subject, forged(subject, alg), { connections: CONNECTIONS, seconds: effort.roundSeconds }),
    })),
    effort.rounds,
  )
}

/** Measures tokens by secret while another program sends forged assertions. */
async function besideForged({ effort, progress }: SectionContext, subject: Subject): Promise<readonly Row[]> {
  progress(`assertions: ${String(FORGED_PER_SECOND)} forged a second`)
  const { openLoopSeconds: seconds } = effort
  const forger = new LoadGenerator(PLACEMENT)
  const valid = (): Promise<Round> =>
    subject.load.openLoop({
      ...{ target: target(subject, bySecret(subject)), perSecond: VALID_PER_SECOND, seconds },
      beside: 'other programs',
    })
  const attacked = async (): Promise<Round> => {
    const attack = { target: target(subject, forged(subject, 'ES256')), perSecond: FORGED_PER_SECOND }
    const [measured] = await Promise.all([valid(), forger.openLoop({ ...attack, seconds, beside: 'other programs' })])
    return measured
  }
  const work = (name: string) =>
    ({ name: tokensBy(subject.signingAlg, name), placement: PLACEMENT, connections: undefined }) as const
  const rows = await alternate(
    [
      { work: work(`${BY.secret}, nothing else`), round: valid },
      { work: work(BESIDE_FORGED), round: attacked },
    ],
    effort.rounds,
  )
  await forger.stop()
  return rows
}

async function checks({ effort, progress }: SectionContext): Promise<readonly Figure[]> {
  progress('assertions: the checks alone')
  const words = [join(import.meta.dirname, '../programs/assertion-checks.ts')]
  const child = startJobProcess<AssertionChecksJob, AssertionChecks>({ placement: PLACEMENT, seat: 'server', words })
  const { read, verified, keyFound } = await child.ask({ seconds: effort.signSeconds })
  await child.stop()
  return [
    { name: 'an assertion read', value: read, unit: 'ns' },
    ...verified.map(({ alg, nanoseconds }) => ({
      name: `a signature verified, ${alg}`,
      value: nanoseconds,
      unit: 'ns',
    })),
    { name: 'a key found in a source that has fetched it', value: keyFound, unit: 'ns' },
  ]
}

// A guard in its own process that verifies tokens one after the other and reports its speed.
import { createPublicKey, type JsonWebKeyInput, type KeyObject, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createGuard, type Guard, requiredScope } from '@latchkey/guard'
import { answerJobs } from '../jobs.ts'
import { median } from '../statistics.ts'

export interface GuardChecksJob {
  readonly issuer: string
  readonly credentials: { readonly clientId: string; readonly clientSecret: string }
  /** Live tokens, one per line. */
  readonly tokensFile: string
  readonly scope: string
  /** How long the guard verifies tokens whose signatures it has cached, in seconds. */
  readonly seconds: number
}

/** Verifications per second of processor time. */
export interface GuardChecks {
  readonly cached: number
  readonly uncached: number
  readonly bare: number
  /** The median ratio of `uncached` to `bare`, over pairs of measurements that follow directly on one another. */
  readonly ratio: number
}

interface Subject {
  readonly authorization: string
  readonly signingInput: Buffer
  readonly signature: Buffer
}

const PIECES = 20
const LEAST_ROUND = 20_000

answerJobs<GuardChecksJob, GuardChecks>(async (job) => {
  const { issuer, credentials, scope, tokensFile, seconds } = job
  const guard = createGuard({
    issuer: new URL(issuer),
    audience: 'api://default',
    liveness: { mode: 'feed', maxStaleSeconds: 30, onStale: 'refuse' },
    credentials,
  })
  await guard.ready()
  const publicKey = await publicKeyOf(issuer)
  // Options cost time, so the key is passed alone if `verify` uses the key's form of signature by default.
  const key =
    publicKey.asymmetricKeyType === 'ec' ? ({ key: publicKey, dsaEncoding: 'ieee-p1363' } as const) : publicKey
  const subjects = readFileSync(tokensFile, 'latin1').trimEnd().split('\n').map(subjectOf)
  const check = (some: readonly Subject[]): Promise<void> => checkAll(guard, some, scope)
  const pieces = Array.from({ length: PIECES }, (_, i) => subjects.filter((_subject, place) => place % PIECES === i))
  const rounds: { readonly bare: number; readonly uncached: number }[] = []
  for (const piece of pieces) {
    const bare = secondsOf(() => {
      for (const { signingInput, signature } of piece) {
        verify('sha256', signingInput, key, signature)
      }
    })
    const began = processorSeconds()
    await check(piece)
    rounds.push({ bare: bare / piece.length, uncached: (processorSeconds() - began) / piece.length })
  }
  // The first pieces are left out, because they ran before the code was compiled.
  const warm = rounds.slice(PIECES / 4)
  const cached = await cachedRate(check, subjects, seconds)
  await guard.close()
  return {
    cached,
    uncached: 1 / median(warm.map(({ uncached }) => uncached)),
    bare: 1 / median(warm.map(({ bare }) => bare)),
    ratio: median(warm.map(({ bare, uncached }) => bare / uncached)),
  }
})

async function cachedRate(
  check: (some: readonly Subject[]) => Promise<void>,
  subjects: readonly Subject[],
  seconds: number,
): Promise<number> {
  // The number of callers that an API serves at a time. Their tokens do not all fit into the processor's caches.
  const some = subjects.slice(0, 1000)
  const rates: number[] = []
  const end = performance.now() + seconds * 1000
  do {
    const began = processorSeconds()
    for (let done = 0; done < LEAST_ROUND; done += some.length) await check(some)
    rates.push(LEAST_ROUND / (processorSeconds() - began))
  } while (performance.now() < end)
  return median(rates)
}

async function checkAll(guard: Guard, subjects: readonly Subject[], scope: string): Promise<void> {
  const required = requiredScope(scope)
  for (const { authorization } of subjects) {
    const decision = await guard.check(authorization, required)
    if (!decision.ok) throw new Error(`a live token was refused: ${decision.reason}`)
  }
}

function subjectOf(token: string): Subject {
  const end = token.lastIndexOf('.')
  return {
    // A string that V8 stores in one piece, like a header value from Node's parser.
    authorization: Buffer.from(`Bearer ${token}`).toString('latin1'),
    signingInput: Buffer.from(token.slice(0, end)),
    signature: Buffer.from(token.slice(end + 1), 'base64url'),
  }
}

async function publicKeyOf(issuer: string): Promise<KeyObject> {
  const { keys } = (await (await fetch(`${issuer}/v1/keys`)).json()) as { keys: JsonWebKeyInput['key'][] }
  const [key] = keys
  if (key === undefined) throw new Error('the server has no key')
  return createPublicKey({ key, format: 'jwk' })
}

function secondsOf(work: () => void): number {
  const began = processorSeconds()
  work()
  return processorSeconds() - began
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

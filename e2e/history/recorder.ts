// Clients of a running server that record every action for the judge.
import { changeIntegration, type Integration } from '../integrations.ts'
import { type Answer, Connection } from '../connection.ts'
import type { RealServer } from '../real-server.ts'
import type { Act, Operation, Verdict } from './operation.ts'

/** A token that a client received. */
export interface Received {
  readonly text: string
  readonly jti: string
  readonly generation: number
  readonly integration: Integration
  readonly scope: string
}

export interface Slot {
  readonly integration: Integration
  readonly scope: string
}

export const slotName = ({ integration, scope }: Slot): string => `${integration.clientId} ${scope}`

/**
 * Whether a request may still take effect after its server has ended. With PostgreSQL it may, because the database can
 * still carry out a statement.
 */
export type LateEffects = 'impossible' | 'possible'

export class Recorder {
  readonly lateEffects: LateEffects
  readonly history = new Map<string, Operation[]>()
  /** The tokens by `jti`, because overlapping requests may have received the same token. */
  readonly received = new Map<string, Received>()
  /** The number of requests whose connection broke. Their outcome is unknown. */
  broken = 0
  /** The number of requests answered with 503. */
  unavailable = 0
  answered = 0

  constructor(lateEffects: LateEffects = 'impossible') {
    this.lateEffects = lateEffects
  }

  write(slot: Slot, operation: Operation): void {
    const name = slotName(slot)
    const operations = this.history.get(name)
    if (operations === undefined) this.history.set(name, [operation])
    else operations.push(operation)
  }
}

/** Reads an answer. Undefined if no answer came, or if the answer says that the server does not know the state. */
type Reader = (answer: Answer) => Act | undefined

export class RecordedClient {
  readonly #recorder: Recorder
  readonly #connection: Connection

  constructor(server: Pick<RealServer, 'issuer'>, recorder: Recorder) {
    this.#recorder = recorder
    this.#connection = new Connection(server)
  }

  close(): void {
    this.#connection.close()
  }

  /** Opens the connection, so that later requests need no handshake. */
  async connect(): Promise<void> {
    await this.#connection.send({ method: 'GET', path: '/v1/keys' })
  }

  async issue(slot: Slot): Promise<Received | undefined> {
    let received: Received | undefined
    const read: Reader = (answer) => {
      if (isRefusal(answer.status)) return { kind: 'issue_refused' }
      received = { ...slot, ...readToken(answer) }
      this.#recorder.received.set(received.jti, received)
      return { kind: 'issue', jti: received.jti, generation: received.generation }
    }
    const { integration, scope } = slot
    const requested = () => this.#connection.requestToken(integration, scope)
    await this.#record(slot, requested, read, { kind: 'issue_unanswered' })
    return received
  }

  /** Returns the verdict. Undefined if the server answered that it does not know the verdict. */
  async verify(token: Received): Promise<Verdict | undefined> {
    return this.#check(
      token,
      () => this.#connection.verify(token.text, token.scope),
      ({ status, headers }) => (status === 200 ? 'live' : readReason(status, headers['latchkey-reason'])),
    )
  }

  async introspect(token: Received, caller: Integration): Promise<Verdict | undefined> {
    return this.#check(
      token,
      () => this.#connection.introspect(caller, token.text),
      ({ status, body }) => {
        if (status !== 200) throw new Error(`introspection answered ${status}`)
        const { active, jti } = JSON.parse(body) as { active: boolean; jti?: string }
        if (active && jti !== token.jti) throw new Error('introspection answered about another token')
        return active ? 'live' : 'not_live'
      },
    )
  }

  async revoke(token: Received): Promise<void> {
    const { jti, integration } = token
    const read: Reader = ({ status }) => {
      if (isRefusal(status)) return { kind: 'revoke_refused' }
      if (status !== 200) throw new Error(`revocation answered ${status}`)
      return { kind: 'revoke', jti }
    }
    const requested = () => this.#connection.revoke(integration, token.text)
    await this.#record(token, requested, read, { kind: 'revoke_unanswered', jti })
  }

  async #check(
    token: Received,
    requested: () => Promise<Answer>,
    read: (answer: Answer) => Verdict,
  ): Promise<Verdict | undefined> {
    let verdict: Verdict | undefined
    const readAct: Reader = (answer) => {
      verdict = read(answer)
      return { kind: 'check', jti: token.jti, verdict }
    }
    await this.#record(token, requested, readAct, undefined)
    return verdict
  }

  async #record(
    slot: Slot,
    requested: () => Promise<Answer>,
    read: Reader,
    unanswered: Act | undefined,
  ): Promise<void> {
    await record(this.#recorder, [slot], requested, read, unanswered)
  }
}

/**
 * Disables, enables or deletes an integration through the admin API. The operation is recorded for all slots of the
 * integration.
 */
export async function recordedChange(
  server: Pick<RealServer, 'adminUrl' | 'dataDir'>,
  recorder: Recorder,
  slots: readonly Slot[],
  change: 'disable' | 'enable' | 'delete',
): Promise<void> {
  const [slot] = slots
  if (slot === undefined) return
  const requested = async (): Promise<Answer> => {
    const response = await changeIntegration(server, slot.integration, change)
    return { status: response.status, headers: {}, body: await response.text() }
  }
  const read: Reader = ({ status, body }) => {
    if (status !== 200 && status !== 204) throw new Error(`${change} answered ${status} ${body}`)
    return { kind: change }
  }
  await record(recorder, slots, requested, read, { kind: 'change_unanswered', change })
}

async function record(
  recorder: Recorder,
  slots: readonly Slot[],
  requested: () => Promise<Answer>,
  read: Reader,
  unanswered: Act | undefined,
): Promise<void> {
  const from = performance.now()
  const write = (to: number, act: Act | undefined): void => {
    if (act !== undefined) for (const slot of slots) recorder.write(slot, { from, to, act })
  }
  let answer: Answer
  try {
    answer = await requested()
  } catch {
    recorder.broken++
    // In these tests connections break only when the server process ends.
    write(recorder.lateEffects === 'possible' ? Infinity : performance.now(), unanswered)
    return
  }
  const to = performance.now()
  recorder.answered++
  if (answer.status === 503) {
    recorder.unavailable++
    write(Infinity, unanswered)
  } else write(to, read(answer))
}

/**
 * After a hundred wrong credentials in a minute the server answers them with 429. Correct credentials never get 429.
 */
const isRefusal = (status: number): boolean => status === 401 || status === 429

function readToken({ status, body }: Answer): Pick<Received, 'text' | 'jti' | 'generation'> {
  if (status !== 200) throw new Error(`a token request was answered ${status} ${body}`)
  const { access_token: text } = JSON.parse(body) as { access_token: string }
  const { jti, gen } = claimsOf(text)
  return { text, jti, generation: gen }
}

export function claimsOf(token: string): { readonly jti: string; readonly gen: number } {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')
  return JSON.parse(payload) as { jti: string; gen: number }
}

function readReason(status: number, reason: string | string[] | undefined): Verdict {
  switch (reason) {
    case 'superseded':
    case 'revoked':
    case 'integration_disabled':
    case 'unknown':
      return reason
    default:
      throw new Error(`verify answered ${status} ${String(reason)}`)
  }
}

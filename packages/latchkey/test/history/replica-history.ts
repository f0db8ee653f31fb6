// The operations of several replicas on one slot (an integration and scope) and their answers, as one history for the
// checker.
import { accept, type AccessTokenClaims } from '@latchkey/protocol'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { verifyToken } from '../../src/operations/verify-token.ts'
import type { Slots } from '../../src/ports/slots.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { changing } from '../changing.ts'
import type { OpenedStore } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { aKeyCredential } from '../client-assertions.ts'
import { type Act, type Operation, type Outcome, type Presented, Recorder } from './history.ts'
import { refusedBecause } from './simulation.ts'

/** Replaces the `Slots` of each replica, which issue, check and revoke tokens. */
export type Build = (slots: Slots) => Slots

const asTheyAre: Build = (slots) => slots

export interface HistoryParts {
  readonly build?: Build
  /** Records the operations. The caller may add its own notes. */
  readonly recorder?: Recorder
}

const KEY = aKeyCredential('key')

const keyOf = (clientId: string): string => `key_${clientId}`

let made = 0

export class ReplicaHistory {
  /** The claims of every token that a request received, the newest last. */
  readonly tokens: string[] = []
  /** The assertions that the client has signed, the newest last. */
  readonly assertions: Presented[] = []
  /** The latest time that the clock of a replica has shown. */
  #latest: number
  readonly #clientId: string
  readonly #replicas: OpenedStore[]
  readonly #slots: Slots[]
  readonly #recorder: Recorder

  private constructor(clientId: string, replicas: readonly OpenedStore[], { build, recorder }: Required<HistoryParts>) {
    this.#clientId = clientId
    this.#recorder = recorder
    this.#replicas = [...replicas]
    this.#slots = replicas.map((replica) => build(replica.tokens))
    this.#latest = Math.max(...replicas.map(({ clock }) => clock.now()))
  }

  /** Creates an integration at the first replica. All operations use this integration. */
  static async begin(
    replicas: readonly [OpenedStore, ...OpenedStore[]],
    { build = asTheyAre, recorder = new Recorder() }: HistoryParts = {},
  ): Promise<ReplicaHistory> {
    const clientId = `lkhistory${String(++made)}`
    const { integration, ...more } = newIntegration(clientId)
    const credentials = [{ ...KEY, id: keyOf(clientId) }]
    await replicas[0].integrations.create([{ ...more, integration: { ...integration, credentials } }], [])
    return new ReplicaHistory(clientId, replicas, { build, recorder })
  }

  get operations(): readonly Operation[] {
    return this.#recorder.operations
  }

  /** Adds a replica that has read nothing yet. */
  join(replica: OpenedStore): void {
    this.#replicas.push(replica)
    this.#slots.push(replica.tokens)
  }

  /**
   * `authenticated` is called after the client has authenticated, and before any statement of the issuance is sent to
   * the database.
   */
  issue(at: number, authenticated: () => void = () => undefined): Promise<Outcome> {
    return this.#request(at, {}, authenticated)
  }

  /** Requests a token in place of the token with this generation. 0 stands for no token. */
  issueIf(at: number, replaces: number): Promise<Outcome> {
    return this.#request(at, { replaces })
  }

  /** Requests a token in place of the given token. */
  issueInsteadOf(at: number, text: string): Promise<Outcome> {
    return this.issueIf(at, (JSON.parse(text) as AccessTokenClaims).gen)
  }

  /** Requests a token with a new assertion. */
  present(at: number): Promise<Outcome> {
    const [now, nth] = [this.#replica(at).clock.now(), this.assertions.length]
    const assertion = { jti: `use${String(nth)}`, hash: `use${String(nth)}`.padEnd(8), exp: now + 60, signedAt: now }
    this.assertions.push(assertion)
    return this.presentAgain(at, assertion)
  }

  presentAgain(at: number, assertion: Presented): Promise<Outcome> {
    return this.#request(at, { presented: assertion })
  }

  /** Sets the wall clock of a replica. */
  stepClock(at: number, seconds: number): void {
    const { clock } = this.#replica(at)
    clock.step(seconds)
    this.#latest = Math.max(this.#latest, clock.now())
  }

  #request(
    at: number,
    { presented, replaces }: { readonly presented?: Presented; readonly replaces?: number },
    authenticated: () => void = () => undefined,
  ) {
    return this.#record(at, { kind: 'issue', presented, replaces }, async (): Promise<Outcome> => {
      // Authenticates first, as the token endpoint does.
      await this.#replica(at).integrations.find(this.#clientId)
      authenticated()
      const bySecret = attempt(this.#clientId)
      const byKey = { clientId: this.#clientId, credentialId: keyOf(this.#clientId) }
      const client = presented === undefined ? bySecret.client : { ...byKey, use: presented }
      const outcome = await issueFrom(this.#slotsOf(at), { ...bySecret, client, replaces })
      if (!outcome.ok) return refusedBecause(outcome.refusal.reason, this.#latest)
      const { text, token, kind } = outcome.value
      this.tokens.push(text)
      const { jti, generation } = token
      // The integration is not in stable mode, so a request without a condition gets no token that was made before the
      // request.
      return { kind: kind === 'reused' && replaces === undefined ? 'adopted' : kind, jti, generation }
    })
  }

  check(at: number, text: string): Promise<Outcome> {
    const { catalog, clock } = this.#replica(at)
    const signatures = { verify: (token: string) => accept(JSON.parse(token) as AccessTokenClaims) }
    return this.#record(at, { kind: 'check', jti: jtiOf(text) }, async (): Promise<Outcome> => {
      const verdict = await verifyToken({ signatures, slots: this.#slotsOf(at), catalog, clock }, text)
      return { kind: verdict.ok ? 'live' : 'dead' }
    })
  }

  revoke(at: number, text: string): Promise<Outcome> {
    return this.#record(at, { kind: 'revoke', jti: jtiOf(text) }, async (): Promise<Outcome> => {
      await this.#replica(at).integrations.find(this.#clientId)
      await this.#slotsOf(at).revoke(this.#clientId, PREDICT, jtiOf(text))
      return { kind: 'done' }
    })
  }

  change(at: number, kind: 'disable' | 'enable'): Promise<Outcome> {
    return this.#record(at, { kind }, async (): Promise<Outcome> => {
      const changed = await this.#replica(at).integrations.change(this.#clientId, ...changing({ kind }))
      return { kind: changed.ok ? 'done' : 'refused' }
    })
  }

  /** At the end, checks at this replica every token that a request received. */
  async checkAll(...at: readonly number[]): Promise<void> {
    const different = new Map(this.tokens.map((text) => [jtiOf(text), text]))
    for (const text of different.values()) for (const replica of at) await this.check(replica, text)
  }

  #record(at: number, act: Act, ask: () => Promise<Outcome>): Promise<Outcome> {
    return this.#recorder.record(act, ask, at)
  }

  #replica(at: number): OpenedStore {
    return this.#replicas[at] as OpenedStore
  }

  #slotsOf(at: number): Slots {
    return this.#slots[at] as Slots
  }
}

const jtiOf = (text: string): string => (JSON.parse(text) as AccessTokenClaims).jti

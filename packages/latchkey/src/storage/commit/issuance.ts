// One issuance on its way into its slot, and the requests that share it.
import { accept, refuse } from '@latchkey/protocol'
import { admit } from '../../domain/admission.ts'
import type { Integration, IntegrationState } from '../../domain/integration.ts'
import { tokenToReuse } from '../../domain/issue-mode.ts'
import { type EpochSeconds, type RecordedToken, type Slot, supersede } from '../../domain/slot.ts'
import type { Catalog } from '../../ports/catalog.ts'
import type { Clock } from '../../ports/clock.ts'
import type { IssuedToken } from '../../ports/slots.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import { supersedeWrite } from '../rows/rows.ts'
import type { KeyCell } from '../memory/key-cell.ts'
import { ringWrite } from './ring.ts'
import type { Sharer } from './sharer.ts'
import type { StagedBatch } from './staged-batch.ts'
import type { Trace, Work } from './work.ts'

export interface SignedToken {
  readonly slotId: number
  readonly token: RecordedToken
  readonly text: string
  /** The key that signed it. */
  readonly kid: string
  /** Grows until the batch closes. */
  readonly sharers: readonly Sharer[]
}

/** Where issuances come from, and where the requests go that this one cannot answer. */
export interface Desk {
  readonly catalog: Catalog
  readonly clock: Clock
  readonly keys: KeyCell
  /** The batch closes: whoever comes from now on is handed a token of a later batch. */
  closeFor(slotId: number, sharers: readonly Sharer[]): void
  /** These requests need another token than the one signed for them. */
  join(clientId: string, slot: Slot, sharers: readonly Sharer[]): void
  /** Answers with the live token that the slot turned out to hold when the batch closed (stable mode), if it still does. */
  reuse(clientId: string, slot: Slot, token: RecordedToken, sharers: readonly Sharer[]): void
  /** Answers with a token that became the live one while these requests waited. */
  handOutAgain(clientId: string, slot: Slot, token: RecordedToken, sharers: readonly Sharer[]): void
}

/** A token that was asked for longer ago is not handed out: its `expires_in` would no longer be true. */
const DEADLINE_MS = 5000

export class Issuance implements Work {
  readonly rank = 'issue'
  readonly #desk: Desk
  readonly #signed: SignedToken
  #answers: (() => void)[] = []
  /** Another replica's token came first; the slot in memory is as it was read under that commit's locks, or newer. */
  #isOvertaken = false
  #isUnanswered = false
  /** A commit of this was carried out, whatever has become of the token since. */
  #wasStored = false
  /** As the slot was when this was put into a batch. */
  #superseded: RecordedToken | undefined
  #judgedBy: Integration | undefined

  constructor(desk: Desk, signed: SignedToken) {
    this.#desk = desk
    this.#signed = signed
  }

  stage(batch: StagedBatch): void {
    const { slotId, sharers } = this.#signed
    this.#answers = []
    this.#desk.closeFor(slotId, sharers)
    const admitted: Sharer[] = []
    let slot: Slot | undefined
    for (const sharer of sharers) {
      const { attempt } = sharer
      if (this.#isLate(sharer)) {
        this.#answers.push(() => sharer.reject(tooLate()))
        continue
      }
      const state = batch.state(attempt.client.clientId)
      const verdict = admit(state, attempt, this.#desk.clock.now())
      if (verdict.ok) {
        slot = verdict.value
        admitted.push(sharer)
      } else if (this.#hasHadEffect(state)) this.#answers.push(() => sharer.reject(endedAtOnce()))
      else this.#answers.push(() => sharer.resolve(refuse(verdict.refusal)))
    }
    if (slot !== undefined) this.#putIn(batch, slot, admitted)
  }

  settle(): void {
    for (const answer of this.#answers) answer()
  }

  overtaken(by: 'configuration' | 'slot'): void {
    if (by === 'slot') this.#isOvertaken = true
  }

  unanswered(): void {
    this.#isOvertaken = true
    this.#isUnanswered = true
  }

  get trace(): Trace | undefined {
    const { slotId, token, sharers } = this.#signed
    const [sharer] = sharers
    if (!this.#isUnanswered || sharer === undefined) return undefined
    return { clientId: sharer.attempt.client.clientId, slotId, jti: token.jti }
  }

  found(): void {
    this.#wasStored = true
  }

  fail(cause: Error): void {
    const { slotId, sharers } = this.#signed
    this.#desk.closeFor(slotId, sharers)
    for (const sharer of sharers) sharer.reject(cause)
  }

  /**
   * A refused request changes nothing. This one may have, or may yet: a commit without an answer is surely void only once
   * the configuration has changed.
   */
  #hasHadEffect(state: IntegrationState | undefined): boolean {
    return this.#wasStored || (this.#isUnanswered && state?.integration === this.#judgedBy)
  }

  #putIn(batch: StagedBatch, slot: Slot, all: Sharer[]): void {
    const { token, kid } = this.#signed
    const { clientId } = (all[0] as Sharer).attempt.client
    const integration = batch.state(clientId)?.integration
    const audience = this.#desk.catalog.scope(slot.scope)?.audience
    if (integration === undefined) throw new Error('an admitted slot has no integration')
    if (audience === undefined) {
      for (const sharer of all) {
        this.#answers.push(() => sharer.resolve(refuse({ reason: 'scope_unknown', clientId })))
      }
      return
    }
    const now = this.#desk.clock.now()
    // Otherwise the slot was read before the token was put in it, and the comparison is going to say so.
    if (this.#wasStored && slot.generation >= token.generation) {
      this.#handOutStored(batch, slot, all)
      return
    }
    const reuse = tokenToReuse(integration.mode, slot, audience, now)
    if (reuse !== undefined) {
      this.#answers.push(() => this.#desk.reuse(clientId, slot, reuse, all))
      return
    }
    const adopted = this.#adoptable(slot, audience, now)
    const adopters =
      adopted === undefined ? [] : all.filter(({ overtakenAt = Infinity }) => adopted.generation > overtakenAt)
    const sharers = adopters.length === 0 ? all : all.filter((sharer) => !adopters.includes(sharer))
    if (adopted !== undefined && adopters.length > 0) {
      this.#answers.push(() => this.#desk.handOutAgain(clientId, slot, adopted, adopters))
    }
    if (this.#isOvertaken) for (const sharer of sharers) sharer.overtakenAt ??= slot.generation
    if (sharers.length === 0) return
    // The slot moved on, its audience changed, or the key stopped signing, while this token was being signed.
    if (token.generation <= slot.generation || token.audience !== audience || this.#desk.keys.hasStopped(batch, kid)) {
      // Only once this batch is known to be durable: until then these requests are still this issuance's to answer.
      this.#answers.push(() => this.#desk.join(clientId, slot, sharers))
      return
    }
    const next = supersede(slot, token, integration.graceSeconds, now)
    batch.putSlot(clientId, next, supersedeWrite(next), ringWrite(slot, token, sharers))
    this.#judgedBy = integration
    this.#superseded = slot.live
    this.#handOut(sharers)
  }

  #handOut(sharers: readonly Sharer[]): void {
    const { token, text } = this.#signed
    const issued: IssuedToken = { text, token, kind: 'issued', superseded: this.#superseded }
    this.#answers.push(() => {
      for (const sharer of sharers) {
        if (this.#isLate(sharer)) sharer.reject(tooLate())
        else sharer.resolve(accept(issued))
      }
    })
  }

  /**
   * These requests have had their effect. A token that came after theirs came while they waited; where it was ended, a
   * second one of theirs would end what others did since.
   */
  #handOutStored(batch: StagedBatch, slot: Slot, sharers: readonly Sharer[]): void {
    const { live } = slot
    const { token, kid } = this.#signed
    const { clientId } = (sharers[0] as Sharer).attempt.client
    if (live === undefined) {
      this.#answers.push(() => {
        for (const sharer of sharers) sharer.reject(endedAtOnce())
      })
    } else if (live.jti === token.jti && !this.#desk.keys.hasStopped(batch, kid)) this.#handOut(sharers)
    else this.#answers.push(() => this.#desk.handOutAgain(clientId, slot, live, sharers))
  }

  /** The live token, where another replica may have put it there while these requests waited. */
  #adoptable({ live }: Slot, audience: string, now: EpochSeconds): RecordedToken | undefined {
    return this.#isOvertaken && live?.audience === audience && now < live.expiresAt ? live : undefined
  }

  #isLate(sharer: Sharer): boolean {
    return this.#desk.clock.monotonic() - sharer.askedAt > DEADLINE_MS
  }
}

const endedAtOnce = (): StoreUnavailable => new StoreUnavailable('the token was ended before it could be handed out')

const tooLate = (): StoreUnavailable => new StoreUnavailable('the token could not be stored in time')

// One issuance on its way into its slot, and the requests that share it.
import { accept, refuse } from '@latchkey/protocol'
import { admit } from '../domain/admission.ts'
import type { Integration, IntegrationState } from '../domain/integration.ts'
import { tokenToReuse } from '../domain/issue-mode.ts'
import { type EpochSeconds, type RecordedToken, type Slot, supersede } from '../domain/slot.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { IssuedToken } from '../ports/slots.ts'
import { StoreUnavailable } from '../ports/store.ts'
import { supersedeWrite } from '../rows/rows.ts'
import type { KeyCell } from '../state/key-cell.ts'
import { ringWrite } from './ring.ts'
import type { Sharer } from './sharer.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'
import type { Trace, Work } from '../commit/work.ts'

export interface SignedToken {
  readonly clientId: string
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

/** What an issuance is judged by as its batch closes. */
interface Terms {
  readonly batch: StagedBatch
  readonly integration: Integration
  readonly slot: Slot
  /** The scope's, as it is today. */
  readonly audience: string
  readonly now: EpochSeconds
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
  /** The live token when this was put into a batch. */
  #superseded: RecordedToken | undefined
  #judgedBy: Integration | undefined

  constructor(desk: Desk, signed: SignedToken) {
    this.#desk = desk
    this.#signed = signed
  }

  stage(batch: StagedBatch): void {
    const { clientId, slotId, sharers } = this.#signed
    this.#answers = []
    this.#desk.closeFor(slotId, sharers)
    const state = batch.state(clientId)
    const now = this.#desk.clock.now()
    const admitted: Sharer[] = []
    let slot: Slot | undefined
    for (const sharer of sharers) {
      if (this.#isLate(sharer)) {
        this.#answers.push(() => sharer.reject(tooLate()))
        continue
      }
      const verdict = admit(state, sharer.attempt, now)
      if (verdict.ok) {
        slot = verdict.value
        admitted.push(sharer)
      } else if (this.#hasHadEffect(state)) this.#answers.push(() => sharer.reject(endedAtOnce()))
      else this.#answers.push(() => sharer.resolve(refuse(verdict.refusal)))
    }
    if (state === undefined || slot === undefined) return
    const audience = this.#desk.catalog.scope(slot.scope)?.audience
    if (audience !== undefined) {
      this.#answerAdmitted({ batch, integration: state.integration, slot, audience, now }, admitted)
      return
    }
    for (const sharer of admitted) {
      this.#answers.push(() => sharer.resolve(refuse({ reason: 'scope_unknown', clientId })))
    }
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
    const { clientId, slotId, token } = this.#signed
    return this.#isUnanswered ? { clientId, slotId, jti: token.jti } : undefined
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

  /** With this token or with another one, as the slot is by now. */
  #answerAdmitted(terms: Terms, admitted: readonly Sharer[]): void {
    const { integration, slot, audience, now } = terms
    const { clientId, token } = this.#signed
    // Otherwise the slot was read before the token was put in it, and the comparison is going to say so.
    if (this.#wasStored && slot.generation >= token.generation) {
      this.#handOutStored(terms, admitted)
      return
    }
    const reuse = tokenToReuse(integration.mode, slot, audience, now)
    if (reuse !== undefined) {
      this.#answers.push(() => this.#desk.reuse(clientId, slot, reuse, admitted))
      return
    }
    const sharers = this.#isOvertaken ? this.#adopt(terms, admitted) : admitted
    if (sharers.length === 0) return
    if (this.#isOutdated(terms)) {
      // Only once this batch is known to be durable: until then these requests are still this issuance's to answer.
      this.#answers.push(() => this.#desk.join(clientId, slot, sharers))
      return
    }
    this.#putIn(terms, sharers)
  }

  /** Answers with another replica's token those who waited while it was put in the slot. Returns the others. */
  #adopt({ slot, audience, now }: Terms, admitted: readonly Sharer[]): readonly Sharer[] {
    const { live } = slot
    const isGood = live?.audience === audience && now < live.expiresAt
    const adopters = isGood ? admitted.filter(({ overtakenAt = Infinity }) => live.generation > overtakenAt) : []
    if (live !== undefined && adopters.length > 0) {
      const { clientId } = this.#signed
      this.#answers.push(() => this.#desk.handOutAgain(clientId, slot, live, adopters))
    }
    const others = admitted.filter((sharer) => !adopters.includes(sharer))
    for (const sharer of others) sharer.overtakenAt ??= slot.generation
    return others
  }

  /** Did the slot move on, its audience change, or the key stop signing, while this token was being signed? */
  #isOutdated({ batch, slot, audience }: Terms): boolean {
    const { token, kid } = this.#signed
    return token.generation <= slot.generation || token.audience !== audience || this.#desk.keys.hasStopped(batch, kid)
  }

  #putIn({ batch, integration, slot, now }: Terms, sharers: readonly Sharer[]): void {
    const { clientId, token } = this.#signed
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
  #handOutStored({ batch, slot }: Terms, sharers: readonly Sharer[]): void {
    const { live } = slot
    const { clientId, token, kid } = this.#signed
    if (live === undefined) {
      this.#answers.push(() => {
        for (const sharer of sharers) sharer.reject(endedAtOnce())
      })
    } else if (live.jti === token.jti && !this.#desk.keys.hasStopped(batch, kid)) this.#handOut(sharers)
    else this.#answers.push(() => this.#desk.handOutAgain(clientId, slot, live, sharers))
  }

  #isLate(sharer: Sharer): boolean {
    return this.#desk.clock.monotonic() - sharer.askedAt > DEADLINE_MS
  }
}

const endedAtOnce = (): StoreUnavailable => new StoreUnavailable('the token was ended before it could be handed out')

const tooLate = (): StoreUnavailable => new StoreUnavailable('the token could not be stored in time')

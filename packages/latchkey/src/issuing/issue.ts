// From an authenticated request to a committed token.
//
//   issue ── admitted? ──┬─ no: refuse
//                        ├─ stable mode, live token good for longer: sign its recorded claims
//                        └─ join the open issuance of the slot, or begin one:
//                             reserve a generation ─ sign ─ push to the commit queue
//
//   commit queue ── batch closes: judge each request ── durable ── visible ── answer each request
//
// A request joins the open issuance of its slot until the batch closes (`#judge`). One that comes later gets a token of
// its own, which supersedes that one. The text of a token leaves after its own commit alone.
import { accept, refuse, type Result, type Scope } from '@latchkey/protocol'
import type { CommitQueue } from '../commit/commit-queue.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'
import type { Work } from '../commit/work.ts'
import { admit } from '../domain/admission.ts'
import type { EarlierAttempt } from '../domain/earlier-attempt.ts'
import type { Integration } from '../domain/integration.ts'
import { tokenToReuse } from '../domain/issue-mode.ts'
import { isTooLate, judgeIssuance, type Judgement } from '../domain/judge-issuance.ts'
import type { IssueRefusal } from '../domain/refusal.ts'
import type { Resolvers } from '../domain/resolvers.ts'
import { type EpochSeconds, type RecordedToken, type Slot, supersede } from '../domain/slot.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { IssueAttempt, IssuedToken, IssueOutcome } from '../ports/slots.ts'
import { StoreUnavailable } from '../ports/store.ts'
import type { Freshness } from '../state/freshness.ts'
import { requestersOf, ringWrite } from './ring.ts'
import { signRecorded, signToken, type SigningPorts } from './sign-token.ts'
import { type WaitingRequest, WaitingRequests } from './waiting-requests.ts'

export interface IssuingPorts extends SigningPorts {
  readonly queue: CommitQueue
  readonly freshness: Freshness
  readonly catalog: Catalog
  readonly clock: Clock
  readonly random: Random
  readonly lifetimeSeconds: number
  /** Receives the secrets whose use at this time is in the history of a slot, durably. */
  readonly inHistory: (secretIds: readonly string[], at: EpochSeconds) => void
}

/** A token on its way into its slot, and the requests that share it. */
interface Issuance {
  readonly clientId: string
  readonly slotId: number
  readonly scope: Scope
  readonly token: RecordedToken
  /** The key that signs it. */
  readonly kid: string
  /** Grows until the batch closes. */
  readonly requests: WaitingRequest[]
  /** How each request was judged when the batch closed. */
  judged: readonly { readonly judgement: Judgement; readonly requests: readonly WaitingRequest[] }[]
  /** The integration when this token was put in the batch. */
  judgedBy: Integration | undefined
  /** The secrets in its entry of the history. */
  listed: readonly string[]
  /** The live token before this one, when this one was put in the batch. */
  superseded: RecordedToken | undefined
}

export class Issuing {
  readonly #ports: IssuingPorts
  /** The issuance of each slot that can still be joined: its batch has not closed. */
  readonly #open = new Map<number, Issuance>()
  readonly #waiting = new WaitingRequests()

  constructor(ports: IssuingPorts) {
    this.#ports = ports
  }

  /** Promises what the port `Slots` says of `issue`. */
  issue(attempt: IssueAttempt, resolvers: Resolvers<IssueOutcome>): void {
    const admitted = this.#admit(attempt)
    if (!admitted.ok) resolvers.resolve(admitted)
    else if (admitted.value.reuse === undefined) this.#wait(attempt, admitted.value.slot, resolvers)
    else this.#issueAgain(attempt, resolvers).catch(resolvers.reject)
  }

  /** Hands out the live token. That has no commit which would reveal that memory is behind, or in doubt. */
  async #issueAgain(attempt: IssueAttempt, resolvers: Resolvers<IssueOutcome>): Promise<void> {
    const { freshness, queue } = this.#ports
    const { clientId } = attempt.client
    await freshness.of(clientId)
    queue.live.slot(clientId, attempt.scope)
    const admitted = this.#admit(attempt)
    if (!admitted.ok) {
      resolvers.resolve(admitted)
      return
    }
    const { slot, reuse } = admitted.value
    const reused = reuse === undefined ? undefined : await signRecorded(this.#ports, clientId, slot, reuse)
    if (reused === undefined) this.#wait(attempt, slot, resolvers)
    else resolvers.resolve(accept(reused))
  }

  /** The slot, and the token in it that is handed out again in stable mode. The commit judges again. */
  #admit(
    attempt: IssueAttempt,
  ): Result<{ readonly slot: Slot; readonly reuse: RecordedToken | undefined }, IssueRefusal> {
    const { queue, catalog, clock } = this.#ports
    const { client, scope } = attempt
    const state = queue.live.committed(client.clientId)
    const now = clock.now()
    const admitted = admit(state, attempt, now)
    if (!admitted.ok) return admitted
    const audience = catalog.scope(scope)?.audience
    if (state === undefined || audience === undefined) {
      return refuse({ reason: 'scope_unknown', clientId: client.clientId })
    }
    const slot = admitted.value
    return accept({ slot, reuse: tokenToReuse(state.integration.mode, slot, audience, now) })
  }

  #wait(attempt: IssueAttempt, slot: Slot, resolvers: Resolvers<IssueOutcome>): void {
    const request = this.#waiting.add(attempt, this.#ports.clock.monotonic(), resolvers)
    this.#join(attempt.client.clientId, slot, [request])
  }

  /** Shares the issuance of this slot whose batch has not closed, or begins one. */
  #join(clientId: string, slot: Slot, requests: readonly WaitingRequest[]): void {
    const open = this.#open.get(slot.id)
    if (open === undefined) this.#begin(clientId, slot, [...requests])
    else open.requests.push(...requests)
  }

  /** The signature comes before anything is staged: if it fails, the live token was not touched. */
  #begin(clientId: string, slot: Slot, requests: WaitingRequest[]): void {
    const { queue, catalog, clock, random, signer, lifetimeSeconds } = this.#ports
    const issuedAt = clock.now()
    const token: RecordedToken = {
      generation: queue.generations.next(slot),
      jti: random.uuid(),
      issuedAt,
      expiresAt: issuedAt + lifetimeSeconds,
      // A scope that is gone by now has none. Its requests are refused when the batch closes.
      audience: catalog.scope(slot.scope)?.audience ?? '',
    }
    const issuance: Issuance = {
      ...{ clientId, slotId: slot.id, scope: slot.scope, token, kid: signer.kid, requests },
      ...{ judged: [], judgedBy: undefined, listed: [], superseded: undefined },
    }
    this.#open.set(slot.id, issuance)
    queue.announce()
    signToken(this.#ports, clientId, slot, token, (cause, text) => {
      if (cause === undefined) {
        queue.pushAnnounced(this.#work(issuance, text))
      } else {
        queue.withdraw()
        this.#fail(issuance, new Error('the token could not be signed', { cause }))
      }
    })
  }

  #work(issuance: Issuance, text: string): Work {
    const work: Work = {
      rank: 'issue',
      earlier: 'none',
      stage: (batch) => {
        this.#judge(issuance, work.earlier, batch)
      },
      settle: () => {
        this.#answer(issuance, text)
      },
      fail: (cause) => {
        this.#fail(issuance, cause)
      },
    }
    return work
  }

  /** The batch closes: who comes from now on gets a token of a later batch. */
  #judge(issuance: Issuance, earlier: EarlierAttempt, batch: StagedBatch): void {
    this.#close(issuance)
    const { catalog, clock, keys } = this.#ports
    const { clientId, scope, token, kid, judgedBy, requests } = issuance
    const state = batch.state(clientId)
    const now = clock.now()
    const circumstances = {
      ...{ signed: token, earlier, judgedBy, now, monotonic: clock.monotonic() },
      keyHasStopped: keys.hasStopped(batch, kid),
      audience: catalog.scope(scope)?.audience,
    }
    const judged: { readonly judgement: Judgement; readonly requests: WaitingRequest[] }[] = []
    for (const request of requests) {
      const judgement = judgeIssuance(state, request, circumstances)
      // Requests that are judged alike share one answer. Refusals differ.
      const alike = judged.find((other) => other.judgement.kind === judgement.kind && judgement.kind !== 'refuse')
      if (alike === undefined) judged.push({ judgement, requests: [request] })
      else alike.requests.push(request)
      // The slot was read from the store for the earlier attempt.
      if (earlier !== 'none' && (judgement.kind === 'issue' || judgement.kind === 'sign_again')) {
        request.readGeneration ??= judgement.slot.generation
      }
    }
    issuance.judged = judged
    for (const { judgement, requests: winners } of judged) {
      if (judgement.kind !== 'issue' || state === undefined) continue
      const { slot } = judgement
      const next = supersede(slot, token, state.integration.graceSeconds, now)
      const requesters = requestersOf(winners)
      batch.putSlot(clientId, next, ringWrite(slot, token, winners.length, requesters))
      issuance.listed = requesters.map(([, , secretId]) => secretId)
      issuance.judgedBy = state.integration
      issuance.superseded = slot.live
    }
  }

  /** The batch is durable and visible. */
  #answer(issuance: Issuance, text: string): void {
    const { clientId, token, superseded } = issuance
    for (const { judgement, requests } of issuance.judged) {
      switch (judgement.kind) {
        case 'issue':
        case 'hand_out':
          this.#ports.inHistory(issuance.listed, token.issuedAt)
          this.#handOut({ text, token, kind: 'issued', superseded }, requests)
          break
        case 'reuse':
        case 'adopt':
          this.#handOutAgain(clientId, judgement, requests).catch((cause: unknown) => {
            this.#waiting.reject(requests, cause)
          })
          break
        case 'sign_again':
          this.#join(clientId, judgement.slot, requests)
          break
        case 'refuse':
          this.#waiting.resolve(requests, refuse(judgement.refusal))
          break
        case 'too_late':
          this.#waiting.reject(requests, tooLate())
          break
        case 'ended':
          this.#waiting.reject(requests, endedAtOnce())
          break
      }
    }
  }

  #handOut(issued: IssuedToken, requests: readonly WaitingRequest[]): void {
    const now = this.#ports.clock.monotonic()
    for (const request of requests) {
      if (isTooLate(request, now)) this.#waiting.reject([request], tooLate())
      else this.#waiting.resolve([request], accept(issued))
    }
  }

  /** Answers with a token that was live when the batch closed. In stable mode it must be the live one still. */
  async #handOutAgain(
    clientId: string,
    { kind, slot, live }: Extract<Judgement, { readonly live: RecordedToken }>,
    requests: readonly WaitingRequest[],
  ): Promise<void> {
    const { freshness, queue } = this.#ports
    const fresh = kind === 'reuse' ? freshness.of(clientId) : undefined
    await fresh
    const present = fresh && queue.live.committed(clientId)?.slots.find(({ id }) => id === slot.id)
    const known = present ?? slot
    const isLive = known.live?.jti === live.jti
    const issued = isLive ? await signRecorded(this.#ports, clientId, known, live) : undefined
    if (issued === undefined) this.#join(clientId, known, requests)
    else this.#waiting.resolve(requests, accept(issued))
  }

  #fail(issuance: Issuance, cause: Error): void {
    this.#close(issuance)
    this.#waiting.reject(issuance.requests, cause)
  }

  #close(issuance: Issuance): void {
    if (this.#open.get(issuance.slotId) === issuance) this.#open.delete(issuance.slotId)
  }
}

const endedAtOnce = (): StoreUnavailable => new StoreUnavailable('the token was ended before it could be handed out')

const tooLate = (): StoreUnavailable => new StoreUnavailable('the token could not be stored in time')

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
import { isTooLate, judgeIssuance, type Judgement, type PendingRequest } from '../domain/judge-issuance.ts'
import type { IssueRefusal } from '../domain/refusal.ts'
import { type Generation, type RecordedToken, type Slot, supersede } from '../domain/slot.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { IssueAttempt, IssuedToken } from '../ports/slots.ts'
import { StoreUnavailable } from '../ports/store.ts'
import type { Freshness } from '../state/freshness.ts'
import { ringWrite } from './ring.ts'
import { signRecorded, signToken, type SigningPorts } from './sign-token.ts'

export interface IssuingPorts extends SigningPorts {
  readonly queue: CommitQueue
  readonly freshness: Freshness
  readonly catalog: Catalog
  readonly clock: Clock
  readonly random: Random
  readonly lifetimeSeconds: number
}

/** About half a second of work. More would only wait for the deadline: they are told at once to ask again. */
const MOST_WAITING = 4096

interface WaitingRequest extends PendingRequest, IssueAttempt {
  readonly requester: IssueAttempt['requester']
  readGeneration: Generation | undefined
  readonly resolve: (outcome: Result<IssuedToken, IssueRefusal>) => void
  readonly reject: (cause: Error) => void
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
  /** The live token before this one, when this one was put in the batch. */
  superseded: RecordedToken | undefined
}

export class Issuing {
  readonly #ports: IssuingPorts
  /** The issuance of each slot that can still be joined: its batch has not closed. */
  readonly #open = new Map<number, Issuance>()
  #waiting = 0

  constructor(ports: IssuingPorts) {
    this.#ports = ports
  }

  /** Promises what the port `Slots` says of `issue`. */
  async issue(attempt: IssueAttempt): Promise<Result<IssuedToken, IssueRefusal>> {
    const { clientId } = attempt.client
    let admitted = this.#admit(attempt)
    if (admitted.ok && admitted.value.reuse !== undefined) {
      // A token that is handed out again has no commit which would reveal that memory is behind, or in doubt.
      await this.#ports.freshness.of(clientId)
      this.#ports.queue.live.slot(clientId, attempt.scope)
      admitted = this.#admit(attempt)
    }
    if (!admitted.ok) return admitted
    const { slot, reuse } = admitted.value
    const reused = reuse === undefined ? undefined : await signRecorded(this.#ports, clientId, slot, reuse)
    if (reused !== undefined) return accept(reused)
    if (this.#waiting >= MOST_WAITING) throw new StoreUnavailable('too many token requests are waiting')
    this.#waiting++
    const askedAt = this.#ports.clock.monotonic()
    const issued = new Promise<Result<IssuedToken, IssueRefusal>>((resolve, reject) => {
      this.#join(clientId, slot, [{ ...attempt, askedAt, readGeneration: undefined, resolve, reject }])
    })
    try {
      return await issued
    } finally {
      this.#waiting--
    }
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
      ...{ judged: [], judgedBy: undefined, superseded: undefined },
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
      batch.putSlot(clientId, next, ringWrite(slot, token, winners))
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
          this.#handOut({ text, token, kind: 'issued', superseded }, requests)
          break
        case 'reuse':
          this.#reuse(clientId, judgement.slot, judgement.live, requests)
          break
        case 'adopt':
          this.#handOutAgain(clientId, judgement.slot, judgement.live, requests)
          break
        case 'sign_again':
          this.#join(clientId, judgement.slot, requests)
          break
        case 'refuse':
          for (const request of requests) request.resolve(refuse(judgement.refusal))
          break
        case 'too_late':
          for (const request of requests) request.reject(tooLate())
          break
        case 'ended':
          for (const request of requests) request.reject(endedAtOnce())
          break
      }
    }
  }

  #handOut(issued: IssuedToken, requests: readonly WaitingRequest[]): void {
    const now = this.#ports.clock.monotonic()
    for (const request of requests) {
      if (isTooLate(request, now)) request.reject(tooLate())
      else request.resolve(accept(issued))
    }
  }

  /** Answers with the live token (stable mode), if it still is the live one. */
  #reuse(clientId: string, slot: Slot, live: RecordedToken, requests: readonly WaitingRequest[]): void {
    const { freshness, queue } = this.#ports
    const fresh = freshness.of(clientId)
    if (fresh === undefined) {
      this.#handOutAgain(clientId, slot, live, requests)
      return
    }
    fresh.then(
      () => {
        const known = queue.live.committed(clientId)?.slots.find(({ id }) => id === slot.id)
        if (known?.live?.jti === live.jti) this.#handOutAgain(clientId, known, live, requests)
        else this.#join(clientId, known ?? slot, requests)
      },
      (cause: unknown) => {
        for (const request of requests) request.reject(cause as Error)
      },
    )
  }

  #handOutAgain(clientId: string, slot: Slot, live: RecordedToken, requests: readonly WaitingRequest[]): void {
    signRecorded(this.#ports, clientId, slot, live).then(
      (issued) => {
        if (issued === undefined) this.#join(clientId, slot, requests)
        else for (const request of requests) request.resolve(accept(issued))
      },
      (cause: unknown) => {
        for (const request of requests) request.reject(new Error('the token could not be signed', { cause }))
      },
    )
  }

  #fail(issuance: Issuance, cause: Error): void {
    this.#close(issuance)
    for (const request of issuance.requests) request.reject(cause)
  }

  #close(issuance: Issuance): void {
    if (this.#open.get(issuance.slotId) === issuance) this.#open.delete(issuance.slotId)
  }
}

const endedAtOnce = (): StoreUnavailable => new StoreUnavailable('the token was ended before it could be handed out')

const tooLate = (): StoreUnavailable => new StoreUnavailable('the token could not be stored in time')

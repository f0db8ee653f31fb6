// From an authenticated request to a committed token.
//
//   issue ── admitted? ──┬─ no: refuse
//                        ├─ the live token answers (stable mode, or a condition that does not hold): sign its claims
//                        └─ join the open issuance of the slot, or begin one:
//                             reserve a generation ─ sign ─ push to the commit queue
//
//   commit queue ── batch closes: decide each request ── durable ── visible ── answer each request
//
// A slot is a client with a scope. A request joins the open issuance of its slot until the batch closes (`#judge`). A
// later request gets a new token, which supersedes the token of that issuance. The server sends the text of a token
// only after the token's commit.
import { accept, refuse, type Result, type Scope } from '@latchkey/protocol'
import type { CommitQueue } from '../commit/commit-queue.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'
import type { PendingCommit } from '../commit/pending-commit.ts'
import { admit } from '../domain/admission.ts'
import type { EarlierAttempt } from '../domain/earlier-attempt.ts'
import { heededCondition, type Integration } from '../domain/integration.ts'
import { tokenToReuse } from '../domain/issue-mode.ts'
import { isTooLate, judgeIssuance, type Judgement } from '../domain/judge-issuance.ts'
import type { IssueRefusal } from '../domain/refusal.ts'
import { isTrusted, type TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { Resolvers } from '../domain/resolvers.ts'
import { type EpochSeconds, type RecordedToken, type Slot, supersede } from '../domain/slot.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { IssueAttempt, IssuedToken, IssueOutcome } from '../ports/slots.ts'
import { StoreUnavailable } from '../ports/store.ts'
import type { Freshness } from '../state/freshness.ts'
import type { TrustedIssuerSnapshot } from '../state/trusted-issuer-snapshot.ts'
import type { HandOuts } from './hand-outs.ts'
import { requestersOf, historyWrite } from './history-write.ts'
import { noLongerTrusted, stageUse } from './stage-use.ts'
import { signRecorded, signToken, type SigningPorts } from './sign-token.ts'
import { type WaitingRequest, WaitingRequests } from './waiting-requests.ts'

export interface IssuingPorts extends SigningPorts {
  readonly queue: CommitQueue
  readonly freshness: Freshness
  readonly catalog: Catalog
  readonly trustedIssuers: TrustedIssuerSnapshot
  readonly clock: Clock
  readonly random: Random
  readonly lifetimeSeconds: number
  /**
   * Called after an issuance is durable, with the credentials that its history entry names and the time of the
   * issuance.
   */
  readonly inHistory: (credentialIds: readonly string[], at: EpochSeconds) => void
  readonly handOuts: Pick<HandOuts, 'note'>
}

/** A token before its commit, and the requests that share it. */
interface Issuance {
  readonly clientId: string
  readonly slotId: number
  readonly scope: Scope
  readonly token: RecordedToken
  /** The ID of the key that signs the token. */
  readonly kid: string
  /** The requests that share the token. Further requests can join until the batch closes. */
  readonly requests: WaitingRequest[]
  /** The decisions that the server made when the batch last closed, each with its requests. */
  judged: readonly JudgedRequests[]
  /** The state of the integration on which the decisions about the requests were based. */
  judgedBy: Integration | undefined
  /** The credentials in the history entry of the token. */
  listed: readonly string[]
  /** The live token that this token replaced when it was staged. */
  superseded: RecordedToken | undefined
}

/** Requests with the same decision. */
interface JudgedRequests {
  readonly judgement: Judgement
  readonly requests: WaitingRequest[]
}

export class Issuing {
  readonly #ports: IssuingPorts
  /** For each slot, the issuance that further requests can still join because its batch has not closed. */
  readonly #open = new Map<number, Issuance>()
  readonly #waiting = new WaitingRequests()

  constructor(ports: IssuingPorts) {
    this.#ports = ports
  }

  /** Implements `issue` of the port `Slots`. */
  issue(attempt: IssueAttempt, resolvers: Resolvers<IssueOutcome>): void {
    const admitted = this.#admit(attempt)
    if (!admitted.ok) resolvers.resolve(admitted)
    // The use of an assertion must be committed even if the live token answers the request.
    else if (admitted.value.reuse === undefined || attempt.client.use !== undefined)
      this.#wait(attempt, admitted.value.slot, resolvers)
    else this.#issueAgain(attempt, resolvers).catch(resolvers.reject)
  }

  /**
   * Answers with the live token. Refreshes the state in memory first, because no commit follows that would check the
   * request again.
   */
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
    else {
      this.#noteHandOut(slot, reused.token, [attempt])
      resolvers.resolve(accept(reused))
    }
  }

  /** Returns the slot, and the live token if it may answer the request. The commit decides about the request again. */
  #admit(
    attempt: IssueAttempt,
  ): Result<{ readonly slot: Slot; readonly reuse: RecordedToken | undefined }, IssueRefusal> {
    const { queue, catalog, clock, trustedIssuers } = this.#ports
    const { client, scope } = attempt
    const state = queue.live.committed(client.clientId)
    const now = clock.now()
    const admitted = admit(state, attempt, now)
    if (!admitted.ok) return admitted
    if (!isTrusted(trustedIssuers.value, client.issuerId)) return refuse(noLongerTrusted(client.clientId))
    const audience = catalog.scope(scope)?.audience
    if (state === undefined || audience === undefined) {
      return refuse({ reason: 'scope_unknown', clientId: client.clientId })
    }
    const slot = admitted.value
    const { integration } = state
    const replaces = heededCondition(integration, attempt.replaces)
    return accept({ slot, reuse: tokenToReuse(slot, { mode: integration.mode, replaces, audience, now }) })
  }

  #wait(attempt: IssueAttempt, slot: Slot, resolvers: Resolvers<IssueOutcome>): void {
    const request = this.#waiting.add(attempt, this.#ports.clock.monotonic(), resolvers)
    this.#join(attempt.client.clientId, slot, [request])
  }

  /** Joins the open issuance of the slot, or begins one. */
  #join(clientId: string, slot: Slot, requests: readonly WaitingRequest[]): void {
    const open = this.#open.get(slot.id)
    if (open === undefined) this.#begin(clientId, slot, [...requests])
    else open.requests.push(...requests)
  }

  /**
   * Begins an issuance. Signs the token before adding it to a batch, so that the live token stays live if signing
   * fails.
   */
  #begin(clientId: string, slot: Slot, requests: WaitingRequest[]): void {
    const { queue, catalog, clock, random, signer, lifetimeSeconds } = this.#ports
    const issuedAt = clock.now()
    const token: RecordedToken = {
      generation: queue.generations.next(slot),
      jti: random.uuid(),
      issuedAt,
      expiresAt: issuedAt + lifetimeSeconds,
      // A deleted scope has no audience. The requests for it are refused when the batch closes.
      audience: catalog.scope(slot.scope)?.audience ?? '',
    }
    const issuance: Issuance = {
      ...{ clientId, slotId: slot.id, scope: slot.scope, token, kid: signer.kid, requests },
      ...{ judged: [], judgedBy: undefined, listed: [], superseded: undefined },
    }
    this.#open.set(slot.id, issuance)
    queue.reserve()
    signToken(this.#ports, clientId, slot, token, (cause, text) => {
      if (cause === undefined) {
        queue.enqueueReserved(this.#work(issuance, text))
      } else {
        queue.cancelReservation()
        this.#fail(issuance, new Error('the token could not be signed', { cause }))
      }
    })
  }

  #work(issuance: Issuance, text: string): PendingCommit {
    const work: PendingCommit = {
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

  /**
   * Called when the batch closes. Decides about each request and adds the token to the batch. Requests that arrive
   * later get a token of a later batch.
   */
  #judge(issuance: Issuance, earlier: EarlierAttempt, batch: StagedBatch): void {
    this.#close(issuance)
    const { catalog, clock, keys, trustedIssuers } = this.#ports
    const issuers = batch.get(trustedIssuers)
    const { clientId, slotId, scope, token, kid, judgedBy, requests } = issuance
    batch.decideBy(slotId)
    const state = batch.state(clientId)
    const now = clock.now()
    const circumstances = {
      ...{ signed: token, earlier, judgedBy, now, monotonic: clock.monotonic() },
      keyHasStopped: keys.hasStopped(batch, kid),
      audience: catalog.scope(scope)?.audience,
    }
    const judged: JudgedRequests[] = []
    for (const request of requests) {
      noteEarlierAttempt(request, earlier)
      const judgement = withUse(judgeIssuance(state, request, circumstances), request, { batch, issuers, now })
      // Requests with the same decision share an answer. Each refused request gets an answer of its own, because the
      // refusals may differ.
      const alike = judged.find((other) => other.judgement.kind === judgement.kind && judgement.kind !== 'refuse')
      if (alike === undefined) judged.push({ judgement, requests: [request] })
      else alike.requests.push(request)
      // After an earlier attempt, the server has read the slot from the store again, so the slot's generation in memory
      // is reliable.
      if (earlier !== 'none' && (judgement.kind === 'issue' || judgement.kind === 'sign_again')) {
        request.readGeneration ??= judgement.slot.generation
      }
    }
    issuance.judged = shareNewToken(judged, token)
    for (const { judgement, requests: winners } of issuance.judged) {
      if (judgement.kind !== 'issue' || state === undefined) continue
      const { slot } = judgement
      const next = supersede(slot, token, state.integration.graceSeconds, now)
      const requesters = requestersOf(winners)
      batch.putSlot(clientId, next, historyWrite(slot, token, winners.length, requesters))
      issuance.listed = requesters.map(([, , credentialId]) => credentialId)
      issuance.judgedBy = state.integration
      issuance.superseded = slot.live
    }
  }

  /** Called when the batch is durable and visible. Answers each request. */
  #answer(issuance: Issuance, text: string): void {
    const { clientId, token, superseded } = issuance
    for (const { judgement, requests } of issuance.judged) {
      switch (judgement.kind) {
        case 'issue':
        case 'hand_out':
          this.#tellUses(issuance)
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

  /**
   * Reports which uses of credentials are now in the issuance history. If a batch has several issuances of a slot,
   * reports only the uses of the last of these issuances, because some stores add only the last one to the history.
   */
  #tellUses({ clientId, slotId, token, listed }: Issuance): void {
    const state = this.#ports.queue.live.committed(clientId)
    const slot = state?.slots.find(({ id }) => id === slotId)
    if (slot?.generation === token.generation) this.#ports.inHistory(listed, token.issuedAt)
  }

  #handOut(issued: IssuedToken, requests: readonly WaitingRequest[]): void {
    const now = this.#ports.clock.monotonic()
    for (const request of requests) {
      if (isTooLate(request, now)) this.#waiting.reject([request], tooLate())
      else this.#waiting.resolve([request], accept(issued))
    }
  }

  /**
   * Answers with a token that was live when the batch closed. For the decision `reuse`, first checks that the token is
   * still live.
   */
  async #handOutAgain(
    clientId: string,
    { kind, slot, live }: Extract<Judgement, { readonly live: RecordedToken }>,
    requests: readonly WaitingRequest[],
  ): Promise<void> {
    const { freshness, queue } = this.#ports
    if (kind === 'reuse') await freshness.of(clientId)
    // Another issuance of the same batch may have superseded the token.
    const present =
      kind === 'reuse' ? queue.live.committed(clientId)?.slots.find(({ id }) => id === slot.id) : undefined
    const known = present ?? slot
    const isLive = known.live?.jti === live.jti
    const issued = isLive ? await signRecorded(this.#ports, clientId, known, live) : undefined
    if (issued === undefined) this.#join(clientId, known, requests)
    else {
      this.#noteHandOut(known, issued.token, requests)
      this.#waiting.resolve(requests, accept(issued))
    }
  }

  /** Notes which requests got a token that another request had made: those that named another token to replace. */
  #noteHandOut({ id, scope }: Slot, token: RecordedToken, attempts: readonly IssueAttempt[]): void {
    const conditional = attempts.filter(({ replaces }) => replaces !== undefined)
    if (conditional.length > 0) this.#ports.handOuts.note({ slotId: id, scope, token }, conditional)
  }

  #fail(issuance: Issuance, cause: Error): void {
    this.#close(issuance)
    this.#waiting.reject(issuance.requests, cause)
  }

  #close(issuance: Issuance): void {
    if (this.#open.get(issuance.slotId) === issuance) this.#open.delete(issuance.slotId)
  }
}

/**
 * Returns the decisions with one change: if one of the requests makes a new token, that token also answers the requests
 * that the present live token would have answered. The commit of the new token ends the present live token.
 */
function shareNewToken(judged: readonly JudgedRequests[], { generation }: RecordedToken): readonly JudgedRequests[] {
  const maker = judged.find(({ judgement }) => judgement.kind === 'issue')
  if (maker === undefined || judged.length === 1) return judged
  return judged.flatMap((other) => {
    const { judgement, requests } = other
    if (judgement.kind !== 'reuse') return other
    // A client may name a generation that no token had yet, and the new token may get this generation. The new token
    // cannot answer a request to replace it, so the server decides about the request again after the commit.
    const named = requests.filter(({ replaces }) => replaces === generation)
    maker.requests.push(...requests.filter(({ replaces }) => replaces !== generation))
    return named.length === 0 ? [] : { judgement, requests: named }
  })
}

/**
 * Updates what is known about the use of a request's assertion after an earlier attempt. If the earlier commit was
 * stored, it has recorded every use that was staged in it. If an earlier commit was stored or its outcome is unknown,
 * and the commit did not contain the use of this request, the server cannot tell whether this request or another
 * request has used the assertion.
 */
function noteEarlierAttempt(request: WaitingRequest, earlier: EarlierAttempt): void {
  if (earlier === 'stored' && request.useState === 'staged') request.useState = 'recorded'
  else if ((earlier === 'stored' || earlier === 'unknown') && request.useState === 'unused') {
    request.useState = 'undecidable'
  }
}

/**
 * Changes a decision that gives the request a token: refuses the request if its trusted issuer is no longer enabled,
 * and otherwise adds the use of its assertion to the same batch.
 */
function withUse(
  judgement: Judgement,
  request: WaitingRequest,
  {
    batch,
    issuers,
    now,
  }: { readonly batch: StagedBatch; readonly issuers: readonly TrustedIssuer[]; readonly now: EpochSeconds },
): Judgement {
  const { clientId, issuerId, use } = request.client
  if ((use === undefined && issuerId === undefined) || !GIVES_TOKEN.includes(judgement.kind)) return judgement
  if (!isTrusted(issuers, issuerId)) return { kind: 'refuse', refusal: noLongerTrusted(clientId) }
  const staged = stageUse(batch, request, now)
  if (staged === 'outcome_unknown') return { kind: 'ended' }
  return staged.ok ? judgement : { kind: 'refuse', refusal: staged.refusal }
}

const GIVES_TOKEN: readonly Judgement['kind'][] = ['issue', 'hand_out', 'reuse', 'adopt']

const endedAtOnce = (): StoreUnavailable => new StoreUnavailable('the token ended before the server could hand it out')

const tooLate = (): StoreUnavailable => new StoreUnavailable('the token could not be stored in time')

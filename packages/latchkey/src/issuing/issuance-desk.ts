// Where token requests meet: the first for a slot gets a generation and a signature, those that overlap it share both.
import { accept, accessTokenClaims, refuse, type Result } from '@latchkey/protocol'
import { admit } from '../domain/admission.ts'
import { tokenToReuse } from '../domain/issue-mode.ts'
import type { IssueRefusal } from '../domain/refusal.ts'
import type { RecordedToken, Slot } from '../domain/slot.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { Signer } from '../ports/signer.ts'
import type { IssueAttempt, IssuedToken } from '../ports/slots.ts'
import { StoreUnavailable } from '../ports/store.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import type { Exactness } from '../state/exactness.ts'
import { type Desk, Issuance } from './issuance.ts'
import type { KeyCell } from '../state/key-cell.ts'
import type { Sharer } from './sharer.ts'

export interface IssuanceDeskPorts {
  readonly queue: CommitQueue
  readonly catalog: Catalog
  readonly signer: Signer
  readonly clock: Clock
  /** Which keys have stopped signing. */
  readonly keys: KeyCell
  readonly random: Random
  readonly issuer: string
  readonly lifetimeSeconds: number
}

/** About half a second of work. More would only wait for the deadline: they are told at once to ask again. */
const MAX_WAITING = 4096

export class IssuanceDesk implements Desk {
  readonly catalog: Catalog
  readonly clock: Clock
  readonly keys: KeyCell
  readonly #ports: IssuanceDeskPorts
  readonly #exactness: Exactness | undefined
  /** The issuance of each slot that can still be joined: its batch has not closed. */
  readonly #open = new Map<number, Sharer[]>()
  #waiting = 0

  constructor(ports: IssuanceDeskPorts, exactness: Exactness | undefined) {
    this.#ports = ports
    this.#exactness = exactness
    this.catalog = ports.catalog
    this.clock = ports.clock
    this.keys = ports.keys
  }

  async issue(attempt: IssueAttempt): Promise<Result<IssuedToken, IssueRefusal>> {
    const { client } = attempt
    let admitted = this.#admit(attempt)
    if (admitted.ok && admitted.value.reuse !== undefined && this.#exactness !== undefined) {
      // No commit is going to tell that it is over.
      await this.#exactness.of(client.clientId)
      admitted = this.#admit(attempt)
    }
    if (!admitted.ok) return admitted
    const { slot, reuse } = admitted.value
    const reused = reuse === undefined ? undefined : await this.#signAgain(client.clientId, slot, reuse)
    if (reused !== undefined) return accept(reused)
    if (this.#waiting >= MAX_WAITING) throw new StoreUnavailable('too many token requests are waiting')
    this.#waiting++
    const issued = new Promise<Result<IssuedToken, IssueRefusal>>((resolve, reject) => {
      this.join(client.clientId, slot, [{ attempt, askedAt: this.clock.monotonic(), resolve, reject }])
    })
    try {
      return await issued
    } finally {
      this.#waiting--
    }
  }

  /** The slot, as far as memory knows, and the token in it that is handed out again in stable mode. */
  #admit(
    attempt: IssueAttempt,
  ): Result<{ readonly slot: Slot; readonly reuse: RecordedToken | undefined }, IssueRefusal> {
    const { client, scope } = attempt
    const { live } = this.#ports.queue
    // What is in doubt is judged again by the commit, where there is one that judges.
    const isJudgedAgain = this.#exactness !== undefined
    const state = isJudgedAgain ? live.committed(client.clientId) : live.find(client.clientId)
    const now = this.clock.now()
    const admitted = admit(state, attempt, now)
    if (!admitted.ok) return admitted
    const audience = this.catalog.scope(scope)?.audience
    if (state === undefined || audience === undefined) {
      return refuse({ reason: 'scope_unknown', clientId: client.clientId })
    }
    const slot = (isJudgedAgain ? undefined : live.slot(client.clientId, scope)) ?? admitted.value
    return accept({ slot, reuse: tokenToReuse(state.integration.mode, slot, audience, now) })
  }

  /** Shares the issuance of this slot whose batch has not closed, or begins one. */
  join(clientId: string, slot: Slot, sharers: readonly Sharer[]): void {
    const open = this.#open.get(slot.id)
    if (open === undefined) this.#begin(clientId, slot, [...sharers])
    else open.push(...sharers)
  }

  /**
   * Signs a token with a reserved generation, then queues it. The signature comes first: if it fails, the live token
   * was not touched. The text leaves only after its own commit.
   */
  #begin(clientId: string, slot: Slot, sharers: Sharer[]): void {
    const issuedAt = this.clock.now()
    const token: RecordedToken = {
      generation: this.#ports.queue.generations.next(slot),
      jti: this.#ports.random.uuid(),
      issuedAt,
      expiresAt: issuedAt + this.#ports.lifetimeSeconds,
      // Of a scope that is gone by now there is none, and the requests are refused when the batch closes.
      audience: this.catalog.scope(slot.scope)?.audience ?? '',
    }
    this.#open.set(slot.id, sharers)
    this.#ports.queue.announce()
    const { kid } = this.#ports.signer
    this.#sign(clientId, slot, token).then(
      (text) => {
        this.#ports.queue.pushAnnounced(new Issuance(this, { clientId, slotId: slot.id, token, text, kid, sharers }))
      },
      (cause: unknown) => {
        this.#ports.queue.withdraw()
        this.closeFor(slot.id, sharers)
        for (const sharer of sharers) sharer.reject(new Error('the token could not be signed', { cause }))
      },
    )
  }

  closeFor(slotId: number, sharers: readonly Sharer[]): void {
    if (this.#open.get(slotId) === sharers) this.#open.delete(slotId)
  }

  reuse(clientId: string, slot: Slot, token: RecordedToken, sharers: readonly Sharer[]): void {
    if (this.#exactness === undefined) {
      this.handOutAgain(clientId, slot, token, sharers)
      return
    }
    this.#exactness.of(clientId).then(
      () => {
        const known = this.#ports.queue.live.committed(clientId)?.slots.find(({ id }) => id === slot.id)
        if (known?.live?.jti === token.jti) this.handOutAgain(clientId, known, token, sharers)
        else this.join(clientId, known ?? slot, sharers)
      },
      (cause: unknown) => {
        for (const sharer of sharers) sharer.reject(cause as Error)
      },
    )
  }

  handOutAgain(clientId: string, slot: Slot, token: RecordedToken, sharers: readonly Sharer[]): void {
    this.#signAgain(clientId, slot, token).then(
      (issued) => {
        if (issued === undefined) this.join(clientId, slot, sharers)
        else for (const sharer of sharers) sharer.resolve(accept(issued))
      },
      (cause: unknown) => {
        for (const sharer of sharers) sharer.reject(new Error('the token could not be signed', { cause }))
      },
    )
  }

  /**
   * The recorded claims under the key that signs today: no bearer text is stored, `jti` and `gen` are the identity.
   * Undefined when that key was revoked while it signed: the request is to be judged anew.
   */
  async #signAgain(clientId: string, slot: Slot, token: RecordedToken): Promise<IssuedToken | undefined> {
    const { kid } = this.#ports.signer
    const text = await this.#sign(clientId, slot, token)
    return this.keys.isRevoked(kid) ? undefined : { text, token, kind: 'reused', superseded: undefined }
  }

  #sign(clientId: string, slot: Slot, token: RecordedToken): Promise<string> {
    const { issuer, signer } = this.#ports
    const { audience, jti, generation, issuedAt, expiresAt } = token
    return signer.sign(
      accessTokenClaims({ issuer, clientId, scope: slot.scope, audience, jti, generation, issuedAt, expiresAt }),
    )
  }
}

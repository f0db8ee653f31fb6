// The rules for changes of the set of signing keys. Exactly one key signs before and after each change.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { isKept, type SigningKeyRecord } from './signing-key.ts'
import type { EpochSeconds } from './slot.ts'

export type KeySetChange =
  /**
   * The first step of a rotation: publishes a key. The key begins to sign `leadSeconds` later, when verifiers have
   * fetched it.
   */
  | { readonly kind: 'publish'; readonly key: SigningKeyRecord; readonly leadSeconds: number }
  /**
   * Takes the steps of the rotation that are due at the time `dueBy`: the next key begins to sign, and keys whose
   * tokens have all expired are removed.
   */
  | { readonly kind: 'advance'; readonly dueBy: EpochSeconds; readonly lifetimeSeconds: number }
  /**
   * Begins to sign with this key at once, without publishing the key first. The old signing key is retired, and the
   * next key is removed.
   */
  | { readonly kind: 'sign_with'; readonly key: SigningKeyRecord; readonly lifetimeSeconds: number }
  /**
   * Revokes the key `kid`: the server rejects all its tokens from now on. If the key was the signing key, the next key
   * begins to sign, or `substitute` if there is no next key.
   */
  | {
      readonly kind: 'revoke'
      readonly kid: string
      readonly substitute: SigningKeyRecord
      readonly lifetimeSeconds: number
    }

export type KeySetRefusal = { readonly reason: 'rotation_in_progress' } | { readonly reason: 'unknown_signing_key' }

/** The change of one key in the key set. */
export interface KeyStep {
  readonly event: 'published' | 'activated' | 'retired' | 'revoked' | 'removed'
  readonly before: SigningKeyRecord | undefined
  readonly after: SigningKeyRecord | undefined
}

export interface ChangedKeySet {
  readonly keys: readonly SigningKeyRecord[]
  /** One step for each key that changed. Empty if nothing changed. */
  readonly steps: readonly KeyStep[]
}

export interface KeySetContext {
  readonly now: EpochSeconds
  /** Returns the latest expiry of all tokens that are live or in grace. 0 if there is no such token. */
  readonly lastTokenEndsAt: () => EpochSeconds
}

export function changeKeySet(
  keys: readonly SigningKeyRecord[],
  change: KeySetChange,
  context: KeySetContext,
): Result<ChangedKeySet, KeySetRefusal> {
  const now = change.kind === 'advance' ? Math.min(context.now, change.dueBy) : context.now
  const set = new KeySet(keys, { ...context, now })
  switch (change.kind) {
    case 'publish':
      if (keys.some((key) => key.status === 'next')) return refuse({ reason: 'rotation_in_progress' })
      set.add('published', { ...change.key, status: 'next', signsFrom: context.now + change.leadSeconds })
      return accept(set)
    case 'advance':
      set.activateDue(change.lifetimeSeconds)
      set.removeOver()
      return accept(set)
    case 'sign_with':
      set.retire(change.lifetimeSeconds)
      set.removeNext()
      set.activate(change.key)
      set.removeOver()
      return accept(set)
    case 'revoke':
      return set.revoke(change)
  }
}

/** Returns the time at which the next step of the key set is due. Undefined if no step is planned. */
export function nextStepAt(keys: readonly SigningKeyRecord[]): EpochSeconds | undefined {
  const times = keys.flatMap(({ status, signsFrom, acceptedUntil }) =>
    status === 'next' ? [signsFrom] : acceptedUntil === null ? [] : [acceptedUntil],
  )
  return times.length === 0 ? undefined : Math.min(...times)
}

/** The key set while one change is applied, with the steps of the change so far. */
class KeySet implements ChangedKeySet {
  readonly steps: KeyStep[] = []
  readonly #context: KeySetContext
  #keys: readonly SigningKeyRecord[]

  constructor(keys: readonly SigningKeyRecord[], context: KeySetContext) {
    this.#keys = keys
    this.#context = context
  }

  get keys(): readonly SigningKeyRecord[] {
    return this.#keys
  }

  add(event: KeyStep['event'], key: SigningKeyRecord): void {
    this.#keys = [...this.#keys, key]
    this.steps.push({ event, before: undefined, after: key })
  }

  activateDue(lifetimeSeconds: number): void {
    const due = this.#keys.find((key) => key.status === 'next' && this.#context.now >= key.signsFrom)
    if (due === undefined) return
    this.retire(lifetimeSeconds)
    this.activate(due)
  }

  activate(key: SigningKeyRecord): void {
    const signing: SigningKeyRecord = { ...key, status: 'signing', signsFrom: this.#context.now }
    if (this.#keys.includes(key)) this.#put('activated', key, signing)
    else this.add('activated', signing)
  }

  retire(lifetimeSeconds: number): void {
    const before = this.#keys.find((key) => key.status === 'signing')
    if (before === undefined) return
    this.#put('retired', before, { ...before, ...this.#stopped(lifetimeSeconds), status: 'retired' })
  }

  removeNext(): void {
    for (const key of this.#keys) if (key.status === 'next') this.#remove('removed', key)
  }

  removeOver(): void {
    for (const key of this.#keys) {
      const isOver = (key.status === 'retired' || key.status === 'revoked') && !isKept(key, this.#context.now)
      if (isOver) this.#remove('removed', key)
    }
  }

  revoke(change: KeySetChange & { readonly kind: 'revoke' }): Result<ChangedKeySet, KeySetRefusal> {
    const key = this.#keys.find((candidate) => candidate.kid === change.kid)
    if (key === undefined) return refuse({ reason: 'unknown_signing_key' })
    const revoked = { status: 'revoked' as const, revokedAt: this.#context.now }
    switch (key.status) {
      case 'revoked':
        return accept(this)
      case 'next':
        // A next key has not signed any token, so no record of the key is needed.
        this.#remove('revoked', key)
        return accept(this)
      case 'retired':
        this.#put('revoked', key, { ...key, ...revoked })
        return accept(this)
      case 'signing':
        this.#put('revoked', key, { ...key, ...this.#stopped(change.lifetimeSeconds), ...revoked })
        this.activate(this.#keys.find((candidate) => candidate.status === 'next') ?? change.substitute)
        return accept(this)
    }
  }

  // Returns until when the record of a key must stay after the key has stopped signing: until its last token expires.
  // Recorded tokens may expire later than now + lifetimeSeconds, because the configured lifetime may have been longer
  // when they were issued. Superseded tokens are not recorded, but no superseded token of this process has a lifetime
  // longer than the present lifetime.
  #stopped(lifetimeSeconds: number): Pick<SigningKeyRecord, 'retiredAt' | 'acceptedUntil'> {
    const { now, lastTokenEndsAt } = this.#context
    return { retiredAt: now, acceptedUntil: Math.max(now + lifetimeSeconds, lastTokenEndsAt()) }
  }

  #put(event: KeyStep['event'], before: SigningKeyRecord, after: SigningKeyRecord): void {
    this.#keys = this.#keys.map((key) => (key === before ? after : key))
    this.steps.push({ event, before, after })
  }

  #remove(event: KeyStep['event'], before: SigningKeyRecord): void {
    this.#keys = this.#keys.filter((key) => key !== before)
    this.steps.push({ event, before, after: undefined })
  }
}

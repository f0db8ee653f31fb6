// The rules for changes of the set of signing keys. Exactly one key signs before and after each change.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { isKept, type SigningKeyRecord } from './signing-key.ts'
import type { EpochSeconds } from './slot.ts'

export type KeySetChange =
  /** The first step of a rotation: publishes the key `leadSeconds` before it signs, so that verifiers know it. */
  | { readonly kind: 'publish'; readonly key: SigningKeyRecord; readonly leadSeconds: number }
  /**
   * Takes the steps that are due by `dueBy`: the next key begins to sign, and keys whose tokens have expired are
   * removed.
   */
  | { readonly kind: 'advance'; readonly dueBy: EpochSeconds; readonly lifetimeSeconds: number }
  /** Signs with this key at once, without publishing it first. The key replaces the signing key and the next key. */
  | { readonly kind: 'sign_with'; readonly key: SigningKeyRecord; readonly lifetimeSeconds: number }
  /**
   * Revokes the key: its tokens are rejected from now on. If it was the signing key, the next key takes over. Without a
   * next key, `substitute` takes over.
   */
  | {
      readonly kind: 'revoke'
      readonly kid: string
      readonly substitute: SigningKeyRecord
      readonly lifetimeSeconds: number
    }

export type KeySetRefusal = { readonly reason: 'rotation_in_progress' } | { readonly reason: 'unknown_signing_key' }

/** The change of one key. */
export interface KeyStep {
  readonly event: 'published' | 'activated' | 'retired' | 'revoked' | 'removed'
  readonly before: SigningKeyRecord | undefined
  readonly after: SigningKeyRecord | undefined
}

export interface ChangedKeySet {
  readonly keys: readonly SigningKeyRecord[]
  /** The changes of the single keys. Empty if nothing had to change. */
  readonly steps: readonly KeyStep[]
}

export interface KeySetContext {
  readonly now: EpochSeconds
  /** Returns the latest expiry of a token that is live or in grace. 0 if there is none. */
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

/** Returns when the next step of the set is due. Undefined if no step is planned. */
export function nextStepAt(keys: readonly SigningKeyRecord[]): EpochSeconds | undefined {
  const times = keys.flatMap(({ status, signsFrom, acceptedUntil }) =>
    status === 'next' ? [signsFrom] : acceptedUntil === null ? [] : [acceptedUntil],
  )
  return times.length === 0 ? undefined : Math.min(...times)
}

/** A copy of the set that one change works on. */
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
        // This key has not signed, so it has no tokens.
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

  // The key must stay until its last token expires. Its recorded tokens may end later than now + lifetimeSeconds,
  // because an earlier setting of the lifetime may have been longer. Superseded tokens are not recorded, but this
  // process issued them with the present lifetime at most.
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

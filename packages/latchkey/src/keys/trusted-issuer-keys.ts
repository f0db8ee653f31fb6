// Verifies assertions with the published keys of their trusted issuers.
import { hash } from 'node:crypto'
import type { PlatformAssertion } from '@latchkey/protocol'
import type { PublicJwk } from '../domain/credential.ts'
import type { TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { AssertionSignatures } from '../ports/assertion-signatures.ts'
import type { KeySource } from '../ports/key-source.ts'
import { materialFault } from './issuer-material.ts'
import type { TrustedIssuerKeys } from '../ports/trusted-issuer-keys.ts'

export interface IssuerKeysParts {
  /** Opens the source of an issuer's keys. */
  readonly open: (issuer: TrustedIssuer) => KeySource
  readonly signatures: Pick<AssertionSignatures, 'verifyWith'>
  /** Returns the issuers that exist. The key sources of deleted issuers are closed. */
  readonly issuers: () => readonly TrustedIssuer[]
}

/**
 * The largest number of valid signatures in memory. A workload sends the same assertion for up to an hour, so the
 * server verifies most signatures only once.
 */
const MOST_SIGNATURES = 10_000

export function createTrustedIssuerKeys({ open, signatures, issuers }: IssuerKeysParts): TrustedIssuerKeys {
  const sources = new Map<string, { readonly version: number; readonly source: KeySource }>()
  const good = new GoodSignatures()

  /**
   * Returns the key source of an issuer. Opens a new source if the issuer was changed, because its keys may have a new
   * location.
   */
  const sourceOf = (issuer: TrustedIssuer): KeySource => {
    const known = sources.get(issuer.id)
    if (known?.version === issuer.version) return known.source
    for (const [id, { source }] of sources) {
      if (id !== issuer.id && issuers().some((one) => one.id === id)) continue
      source.close()
      sources.delete(id)
    }
    const source = open(issuer)
    sources.set(issuer.id, { version: issuer.version, source })
    return source
  }

  return {
    materialFault,
    verify: async (issuer, assertion, address) => {
      const found = await sourceOf(issuer).find({ kid: assertion.kid, alg: assertion.alg })
      if (found.outcome === 'unavailable') return { kind: 'unavailable', retryAfterSeconds: found.retryAfterSeconds }
      if (found.outcome === 'unknown_key') return { kind: 'unknown_key' }
      const keys = found.keys.map(({ jwk }) => jwk)
      if (good.has(assertion, keys)) return { kind: 'signed' }
      const signer = await signatures.verifyWith(assertion, keys, address)
      if (signer === 'full') return { kind: 'full' }
      if (signer === undefined) return { kind: 'bad_signature' }
      good.add(assertion, signer)
      return { kind: 'signed' }
    },
    state: (issuer) => sourceOf(issuer).state(),
    refresh: (issuer) => sourceOf(issuer).refresh(),
    close: () => {
      for (const { source } of sources.values()) source.close()
      sources.clear()
    },
  }
}

/**
 * A cache of valid signatures. The server still decides for each request whether it accepts the assertion. A full cache
 * drops the least recently used signature.
 */
class GoodSignatures {
  readonly #signers = new Map<string, PublicJwk>()

  has(assertion: PlatformAssertion, keys: readonly PublicJwk[]): boolean {
    const name = nameOf(assertion)
    const signer = this.#signers.get(name)
    // A key that the issuer still publishes is the same object in `keys` as before, so this check makes the cache
    // ignore the signatures of withdrawn keys.
    if (signer === undefined || !keys.includes(signer)) return false
    this.#signers.delete(name)
    this.#signers.set(name, signer)
    return true
  }

  add(assertion: PlatformAssertion, signer: PublicJwk): void {
    this.#signers.set(nameOf(assertion), signer)
    const [oldest] = this.#signers.keys()
    if (this.#signers.size > MOST_SIGNATURES && oldest !== undefined) this.#signers.delete(oldest)
  }
}

const nameOf = ({ alg, signingInput, signature }: PlatformAssertion): string =>
  `${alg} ${hash('sha256', signingInput, 'base64')} ${hash('sha256', signature, 'base64')}`

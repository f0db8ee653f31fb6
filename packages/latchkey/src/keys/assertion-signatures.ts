// Checks the signatures of client assertions. The work of a check depends only on the assertion, not on the client.
import {
  constants,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  randomBytes,
  verify,
  type VerifyKeyObjectInput,
} from 'node:crypto'
import type { AssertionParts, OwnAssertion } from '@latchkey/protocol'
import { networkOf } from '../domain/address-ranges.ts'
import type { ClientKey, PublicJwk } from '../domain/credential.ts'
import type { AssertionSignatures } from '../ports/assertion-signatures.ts'
import { keyOf } from './public-keys.ts'

/** The largest number of verifications that run at the same time. */
const MOST_RUNNING = 64
/** The largest numbers of verifications that wait, from all addresses and from one. */
const MOST_WAITING = 1024
const MOST_WAITING_OF_ADDRESS = 128

const USE_HASH_BYTES = 8

/** An assertion without `kid` is compared with two keys, because a client has at most two of one algorithm. */
const checksOf = ({ kid }: OwnAssertion): number => (kid === undefined ? 2 : 1)

export function createAssertionSignatures(): AssertionSignatures {
  const decoys = makeDecoys()
  const turns = new Turns()
  const opened = new WeakMap<PublicJwk, Verifier>()

  const open = (jwk: PublicJwk): Verifier | undefined => {
    const known = opened.get(jwk)
    if (known !== undefined) return known
    const key = keyOf(jwk)
    if (key === undefined) return undefined
    const verifier = verifierOf(key, jwk)
    opened.set(jwk, verifier)
    return verifier
  }

  return {
    hashOf: (jti) => hash('sha256', jti, 'latin1').slice(0, USE_HASH_BYTES),

    verify: async (assertion, keys, address) => {
      // The server checks the signature of an unknown client with a decoy key, so that the time of the answer does not
      // show which clients exist. The time depends on the algorithm and the length of the signature, so each length that
      // a real key produces has a decoy. A signature of another length cannot be valid.
      const decoy = decoys.get(`${assertion.alg} ${String(assertion.signature.length)}`)
      if (decoy === undefined) return undefined
      if (!(await turns.take(networkOf(address)))) return 'full'
      try {
        // The algorithm is that of the key, never that of the header alone (RFC 8725 §3.1).
        const fitting = keys.filter(({ alg }) => alg === assertion.alg)
        let signer: ClientKey | undefined
        for (let check = 0; check < checksOf(assertion); check++) {
          const key = fitting[check]
          const own = key?.jwk === undefined ? undefined : open(key.jwk)
          const isUsable = isBelowModulus(assertion, own ?? decoy)
          const isSigned = await isSignedBy((isUsable ? own : undefined) ?? decoy, assertion)
          if (isSigned && isUsable && own !== undefined) signer ??= key
        }
        return signer
      } finally {
        turns.giveBack()
      }
    },

    verifyWith: async (assertion, keys, address) => {
      if (!(await turns.take(networkOf(address)))) return 'full'
      try {
        for (const jwk of keys) {
          const verifier = open(jwk)
          if (verifier === undefined || !isBelowModulus(assertion, verifier)) continue
          if (await isSignedBy(verifier, assertion)) return jwk
        }
        return undefined
      } finally {
        turns.giveBack()
      }
    },
  }
}

interface Verifier {
  readonly key: KeyObject
  /**
   * The modulus of an RSA key. It is decoded once, because decoding it for each assertion would take time that
   * distinguishes a client's key from a decoy.
   */
  readonly modulus: Buffer | undefined
}

const verifierOf = (key: KeyObject, jwk: PublicJwk): Verifier => ({
  key,
  modulus: jwk.kty === 'RSA' ? Buffer.from(jwk.n, 'base64url') : undefined,
})

/**
 * The check of a signature that is not below the modulus of an RSA key would end early. So the decoy is checked
 * instead, and the duration is the same.
 */
const isBelowModulus = ({ signature }: AssertionParts, { modulus }: Verifier): boolean =>
  modulus === undefined || (modulus.length === signature.length && Buffer.compare(signature, modulus) < 0)

function isSignedBy({ key }: Verifier, { alg, signingInput, signature }: AssertionParts): Promise<boolean> {
  const { digest, ...options } = ALGORITHMS[alg] ?? { digest: undefined }
  return new Promise((resolve) => {
    verify(digest, signingInput, { key, ...options }, signature, (cause, isValid) => {
      // If the library throws an error about a signature, the signature is invalid. The error is no fault of the
      // server.
      resolve(cause === null && isValid)
    })
  })
}

type Options = Omit<VerifyKeyObjectInput, 'key'> & { readonly digest: string | undefined }

const ALGORITHMS: Readonly<Record<string, Options>> = {
  RS256: { digest: 'sha256' },
  PS256: {
    digest: 'sha256',
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  },
  ES256: { digest: 'sha256', dsaEncoding: 'ieee-p1363' },
  ES384: { digest: 'sha384', dsaEncoding: 'ieee-p1363' },
  EdDSA: { digest: undefined },
}

const RSA_BYTES = [256, 384, 512]

/**
 * Makes one decoy for each algorithm and length of a signature. A check with a decoy takes as long as one with a key of a
 * client, and never succeeds, because no client has its private key.
 */
function makeDecoys(): ReadonlyMap<string, Verifier> {
  const ofRsa = RSA_BYTES.flatMap((bytes) => {
    const key = rsaDecoy(bytes)
    return [[`RS256 ${String(bytes)}`, key] as const, [`PS256 ${String(bytes)}`, key] as const]
  })
  return new Map([
    ...ofRsa,
    ['ES256 64', { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, modulus: undefined }],
    ['EdDSA 64', { key: generateKeyPairSync('ed25519').publicKey, modulus: undefined }],
  ])
}

/**
 * The modulus is random, with the highest leading bits set. Making a real key would take seconds, and a check with a
 * decoy does not need a real key.
 */
function rsaDecoy(bytes: number): Verifier {
  const modulus = randomBytes(bytes)
  modulus.fill(0xff, 0, 8)
  modulus.writeUInt8(modulus.readUInt8(bytes - 1) | 1, bytes - 1)
  const jwk = { e: 'AQAB', kty: 'RSA', n: modulus.toString('base64url') } as const
  return verifierOf(createPublicKey({ key: jwk, format: 'jwk' }), jwk)
}

/** Limits the verifications that run, and those that wait. */
class Turns {
  #running = 0
  readonly #waiting: { readonly network: string; readonly begin: () => void }[] = []
  readonly #waitingOf = new Map<string, number>()

  /** Resolves to true when the caller may begin, and to false at once if too many wait. */
  take(network: string): Promise<boolean> | true {
    if (this.#running < MOST_RUNNING) {
      this.#running++
      return true
    }
    const count = this.#waitingOf.get(network) ?? 0
    if (this.#waiting.length >= MOST_WAITING || count >= MOST_WAITING_OF_ADDRESS) return Promise.resolve(false)
    this.#waitingOf.set(network, count + 1)
    return new Promise((resolve) => {
      this.#waiting.push({
        network,
        begin: () => {
          resolve(true)
        },
      })
    })
  }

  giveBack(): void {
    const next = this.#waiting.shift()
    if (next === undefined) {
      this.#running--
      return
    }
    const count = (this.#waitingOf.get(next.network) ?? 1) - 1
    if (count === 0) this.#waitingOf.delete(next.network)
    else this.#waitingOf.set(next.network, count)
    next.begin()
  }
}

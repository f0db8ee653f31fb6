// Checks the signatures of client assertions. The duration of a check depends only on the assertion, so that it does
// not reveal which clients exist.
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
/** The largest number of waiting verifications in total, and the largest number for the addresses of one network. */
const MOST_WAITING = 1024
const MOST_WAITING_OF_ADDRESS = 128

const USE_HASH_BYTES = 8

/**
 * Returns how many keys the server tries for an assertion: two if the assertion has no `kid`, because a client has at
 * most two keys of one algorithm.
 */
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
      // show which clients exist. The time depends on the algorithm and the length of the signature, so each length
      // that a real key produces has a decoy. A signature of any other length cannot be valid.
      const decoy = decoys.get(`${assertion.alg} ${String(assertion.signature.length)}`)
      if (decoy === undefined) return undefined
      if (!(await turns.take(networkOf(address)))) return 'full'
      try {
        // The server uses each key only with the algorithm that is registered for the key. The algorithm in the header
        // of the assertion must be the same (RFC 8725 §3.1).
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
   * The decoded modulus of an RSA key. The server decodes it once: decoding it for each assertion would make the check
   * of a client's key slower than the check of a decoy.
   */
  readonly modulus: Buffer | undefined
}

const verifierOf = (key: KeyObject, jwk: PublicJwk): Verifier => ({
  key,
  modulus: jwk.kty === 'RSA' ? Buffer.from(jwk.n, 'base64url') : undefined,
})

/**
 * Returns false if the signature, read as a number, is not below the modulus of an RSA key. The library would reject
 * such a signature early, so the server checks a decoy instead to spend the same time.
 */
const isBelowModulus = ({ signature }: AssertionParts, { modulus }: Verifier): boolean =>
  modulus === undefined || (modulus.length === signature.length && Buffer.compare(signature, modulus) < 0)

function isSignedBy({ key }: Verifier, { alg, signingInput, signature }: AssertionParts): Promise<boolean> {
  const { digest, ...options } = ALGORITHMS[alg] ?? { digest: undefined }
  return new Promise((resolve) => {
    verify(digest, signingInput, { key, ...options }, signature, (cause, isValid) => {
      // An error of the library means that the signature is invalid, so the promise does not reject.
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
 * Makes one decoy for each pair of algorithm and signature length. A check with a decoy takes the same time as a check
 * with a client's key. It never succeeds, because no client has the private key of a decoy.
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
 * Makes an RSA decoy whose modulus is random, odd, and has its 64 leading bits set. A real RSA key would take seconds
 * to make, and a decoy does not need to be a real key.
 */
function rsaDecoy(bytes: number): Verifier {
  const modulus = randomBytes(bytes)
  modulus.fill(0xff, 0, 8)
  modulus.writeUInt8(modulus.readUInt8(bytes - 1) | 1, bytes - 1)
  const jwk = { e: 'AQAB', kty: 'RSA', n: modulus.toString('base64url') } as const
  return verifierOf(createPublicKey({ key: jwk, format: 'jwk' }), jwk)
}

/** Limits the number of running verifications and the number of waiting verifications. */
class Turns {
  #running = 0
  readonly #waiting: { readonly network: string; readonly begin: () => void }[] = []
  readonly #waitingOf = new Map<string, number>()

  /**
   * Resolves to true when the caller may begin its verification. Resolves to false at once if too many verifications
   * wait.
   */
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

// An integration whose assertions must be refused, and functions that make wrong assertions of right assertions.
import { PREDICT, type TestIntegration, type TestServer } from '../a-server.ts'
import {
  anAssertion,
  assertionForm,
  claimsOf,
  headerOf,
  type Json,
  type Sender,
  signedTexts,
  type TestKey,
} from '../client-assertions.ts'

/** An integration with keys, and the server. */
export interface Scene extends Sender {
  /** A second valid key of the integration, with RS256. */
  readonly rsa: TestKey
  /** A third valid key of the integration, with PS256. */
  readonly pss: TestKey
  readonly endedKey: TestKey
  /** A key of another integration. */
  readonly othersKey: TestKey
  /** The key with which the server signs access tokens. */
  readonly serverKey: TestKey
  readonly server: TestServer
  readonly integration: TestIntegration
  /** The live token of the integration, which every refusal must leave alone. */
  readonly live: string
  readonly now: number
}

/** Makes an assertion, or a whole request. */
export type Make<Of = Scene> = (scene: Of) => Request | string

/**
 * A wrong assertion or a request with a valid assertion in the wrong place, and the reason that the log must give for
 * its refusal.
 */
export type Case<Of = Scene> = readonly [name: string, reason: string, make: Make<Of>]

export interface Request {
  readonly query?: string
  /** Header names are sent as they are written here. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | URLSearchParams
}

export const withClaims =
  (claims: Json | ((scene: Scene) => Json)) =>
  (scene: Scene): string =>
    anAssertion(scene, typeof claims === 'function' ? claims(scene) : claims)
export const withHeader =
  (header: Json) =>
  (scene: Scene): string =>
    anAssertion(scene, {}, header)
/** The three parts of an assertion. */
export const cut = (assertion: string): [string, string, string] => assertion.split('.') as [string, string, string]

/** The order of the curve P-256. */
export const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** The same assertion with the other valid form of its ECDSA signature: n - s in place of s. */
export function inOtherForm(assertion: string): string {
  const [header, payload, signature] = cut(assertion)
  const bytes = Buffer.from(signature, 'base64url')
  const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`)
  const other = Buffer.concat([bytes.subarray(0, 32), scalarOf(ORDER - s)])
  return `${header}.${payload}.${other.toString('base64url')}`
}

export const scalarOf = (scalar: bigint): Buffer => Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex')

export const payloadText = (text: (claims: string) => string) => (scene: Scene) =>
  signedTexts(JSON.stringify(headerOf(scene)), text(JSON.stringify(claimsOf(scene))), scene.key)

/** The form of a token request with this assertion. */
export const form = (assertion: string, more: Readonly<Record<string, string>> = {}): URLSearchParams =>
  assertionForm(assertion, { grant_type: 'client_credentials', scope: PREDICT, ...more })

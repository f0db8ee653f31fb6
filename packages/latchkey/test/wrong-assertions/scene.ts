// An integration whose assertions are to be refused, and how wrong assertions are made of right ones.
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
  readonly endedKey: TestKey
  /** A key of another integration. */
  readonly othersKey: TestKey
  readonly server: TestServer
  readonly integration: TestIntegration
  /** The live token of the integration, which every refusal must leave alone. */
  readonly live: string
  readonly now: number
}

/** A wrong assertion, or a request with a right one in the wrong place. */
export type Case = readonly [name: string, request: (scene: Scene) => Request | string]

export interface Request {
  readonly query?: string
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
export const payloadText = (text: (claims: string) => string) => (scene: Scene) =>
  signedTexts(JSON.stringify(headerOf(scene)), text(JSON.stringify(claimsOf(scene))), scene.key)

/** The form of a token request with this assertion. */
export const form = (assertion: string, more: Readonly<Record<string, string>> = {}): URLSearchParams =>
  assertionForm(assertion, { grant_type: 'client_credentials', scope: PREDICT, ...more })

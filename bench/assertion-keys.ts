// The keys that sign the assertions of a run: one key of each algorithm, which all clients share, and a platform's key.
import { createPrivateKey } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { aClientKey, type Json, type TestAlgorithm, type TestKey } from '../packages/latchkey/test/client-assertions.ts'

export const OWN_ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const

export type OwnAlgorithm = (typeof OWN_ALGORITHMS)[number]

export interface AssertionKeys {
  readonly own: Readonly<Record<OwnAlgorithm, TestKey>>
  readonly platform: TestKey
}

export const PLATFORM_URL = 'https://platform.test'

/** The claim `sub` of the platform's assertion about a client. */
export const subjectOf = (clientId: string): string => `system:serviceaccount:bench:${clientId}`

/** Makes the keys, and writes them to a file that only its owner can read. */
export function makeAssertionKeys(file: string): AssertionKeys {
  const keys = keysFrom((name, alg) => aClientKey(alg, name))
  const written = [...Object.values(keys.own), keys.platform].map(({ alg, kid, privateKey, jwk }) => ({
    ...{ alg, kid, jwk },
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  }))
  writeFileSync(file, JSON.stringify(written), { mode: 0o600 })
  return keys
}

export function readAssertionKeys(file: string): AssertionKeys {
  const written = JSON.parse(readFileSync(file, 'utf8')) as readonly {
    readonly alg: string
    readonly kid: string
    readonly jwk: Json
    readonly privateKey: string
  }[]
  return keysFrom((name) => {
    const found = written.find(({ kid }) => kid === name)
    if (found === undefined) throw new Error(`${file} has no key ${name}`)
    return { ...found, privateKey: createPrivateKey(found.privateKey) }
  })
}

const keysFrom = (keyCalled: (name: string, alg: TestAlgorithm) => TestKey): AssertionKeys => ({
  own: {
    ES256: keyCalled('own-ES256', 'ES256'),
    RS256: keyCalled('own-RS256', 'RS256'),
    PS256: keyCalled('own-PS256', 'PS256'),
    EdDSA: keyCalled('own-EdDSA', 'EdDSA'),
  },
  platform: keyCalled('platform', 'RS256'),
})

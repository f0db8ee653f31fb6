// The keys of clients with a jwks_uri, for tests without a server: nothing is fetched, and no key is known.
import { createClientKeySources, type OpenedKeySources } from '../src/keys/client-key-sources.ts'

export const noKeySources = (): OpenedKeySources =>
  createClientKeySources(() => {
    throw new Error('this test does not fetch keys')
  })

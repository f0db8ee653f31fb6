// The words about the credentials of an integration: secrets and keys.
import { count, plural } from '../components/times.ts'

export const authenticationText = {
  title: 'Credentials',
  line: 'The program authenticates with any of these. To replace one without a failed request, add another, wait until the old one is safe to end, and end it.',
  more: 'About clients without a secret',
  columns: {
    credential: 'Credential',
    status: 'Status',
    created: 'Created',
    used: 'Last used',
    safe: 'Safe to end',
  },
  kinds: { secret: 'Client secret', key: 'Key', jwks_uri: 'Keys from a URL', trust: 'Trust rule' },
  keysFrom: 'Keys from',
  noKeysYet: 'None yet',
  lastError: 'Last error',
  issuer: 'Issuer',
  claims: 'Claims',
  note: 'Note',
  id: 'ID',
  keyId: 'Key ID',
  thumbprint: 'Thumbprint',
  assertions: 'Assertions',
  lifetime: (seconds: number) => `at most ${count(seconds)} s`,
  works: 'Works',
  ends: (left: string) => `Ends in ${left}`,
  ended: 'Ended',
  issuerDisabled: 'Issuer disabled',
  none: 'No credential works.',
  noToken: 'The integration can get no token.',
  addOne: 'Add a key, a trust rule or a secret',
  seeAll: 'See its credentials',
  noneLine: 'The integration can get no token until you add a key, a trust rule or a secret.',
  noneLineViewer: 'The integration can get no token until an editor adds a key, a trust rule or a secret.',
  noSecret: 'It has no client secret that works: the program authenticates by a key or by its platform.',
  all: 'All credentials',
  keys: 'Keys and trust rules',
  keyUse: (alg: string) => `${alg}, last used`,
  keyUnused: (alg: string) => `${alg}, never used`,
  addKey: 'Add key',
  addSecret: 'Add secret',
  named: {
    secret: (id: string) => `secret ${id}`,
    key: (kid: string) => `key ${kid}`,
    jwks_uri: (host: string) => `keys of ${host}`,
    trust: (issuer: string) => `trust rule of ${issuer}`,
  },
  as: (requester: string, subject: string) => `${requester} as ${subject}`,
  with: (requester: string, credential: string) => `${requester} with ${credential}`,
} as const

export const endText = {
  verb: 'End now',
  verbOf: (name: string) => `End now: ${name}`,
  title: (name: string) => `End the ${name} now?`,
  effect: {
    secret: (used: string) =>
      `A program that still sends it gets 401 invalid_client from the next request on. ${used} This cannot be undone.`,
    key: (used: string) =>
      `A program that still signs with it gets 401 invalid_client from the next request on. ${used} This cannot be undone.`,
    jwks_uri: (used: string) =>
      `The server fetches no more keys from there. A program that signs with one of them gets 401 invalid_client from the next request on. ${used} This cannot be undone.`,
    trust: (used: string) =>
      `A workload that only this rule matches gets 401 invalid_client from the next request on. ${used} This cannot be undone.`,
  },
  last: 'No other credential works: the integration can get no token until you add a key or a secret.',
  tokens: (live: number | undefined) =>
    live === undefined
      ? 'Live tokens stay valid until they end.'
      : live === 0
        ? 'It has no live token.'
        : `Live tokens stay valid until they end: ${plural(live, 'live token')}.`,
  revokeToo: (live: number) => `Also revoke live tokens (${live})`,
} as const

export const addKeyText = {
  title: 'Add a key',
  line: 'The program keeps the private key, and signs an assertion with it for each token request. Paste the public key here.',
  jwk: 'Public key as a JWK or PEM',
  jwkHint:
    'One JSON object, or the text from BEGIN PUBLIC KEY to END PUBLIC KEY: RSA of 2048, 3072 or 4096 bits, P-256 or Ed25519.',
  make: 'How to make one',
  makeLine: 'The first command makes a key pair on the machine of the program. The second prints the public key.',
  makeWhat: 'commands that make a key pair',
  lifetime: 'Longest lifetime of an assertion, in seconds',
  lifetimeHint: '300 fits a program that signs a new assertion for each request. 60 to 3600.',
  lifetimeRange: 'A whole number between 60 and 3600.',
  reads: (type: string, alg: string) => `${type} key, for ${alg}.`,
  readsKid: (kid: string) => `Key ID: ${kid}.`,
  readsThumbprint: 'Key ID: its thumbprint.',
  faults: {
    missing: 'Paste the public key.',
    private:
      'That was a private key. It was not sent, and the field was emptied. Paste the public key: the private key stays with the program.',
    pem: 'This PEM is not one public key of RSA, P-256 or Ed25519. It must begin with BEGIN PUBLIC KEY.',
    set: 'This is a set of keys. Paste one key of it.',
    malformed: 'This is no JWK and no PEM. A JWK is one JSON object with the member kty.',
  },
  failed: 'The key was not added',
  addedTitle: 'The key is added',
  added: (alg: string) => `The program can request tokens with it now. Its algorithm is ${alg}.`,
  beside: 'The client secret still works. End it once the program uses the key and the table says that it is safe.',
} as const

export const keySnippetText = {
  key: 'Key',
  keyOf: (kid: string, alg: string) => `${kid} (${alg})`,
  line: 'The program signs with its private key, here in the file client.pem, which other users may not read.',
  platform:
    'The program authenticates with a token of its platform, which it sends as client_assertion. "latchkey trust list" shows which workloads the integration trusts.',
  keep: 'Each request ends the live token of its scope. The library and the agent keep one, and ask again shortly before it expires.',
} as const

export const proofText = {
  label: 'The program authenticates by',
  kinds: { secret: 'Client secret', key: 'Key or platform' },
} as const

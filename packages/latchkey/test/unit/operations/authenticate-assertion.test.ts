// The server does the same work for a refused assertion, whichever integration the assertion names.
import { readClientAssertion } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import { createAssertionSignatures } from '../../../src/keys/assertion-signatures.ts'
import { authenticateByAssertion } from '../../../src/operations/authenticate-assertion.ts'
import { TestClock } from '../../a-server.ts'
import { newIntegration } from '../../a-store.ts'
import { addressRanges } from '../../address-ranges.ts'
import { aClientKey, aKeyCredential, anAssertion, type TestKey } from '../../client-assertions.ts'
import { noKeySources } from '../../no-key-sources.ts'

const CLIENT = 'lk0123456789abcd'
const ISSUER = 'https://issuer.test'
const NOW = 1_800_000_000

/**
 * Resolves to the reason of the refusal, and to the number of times that the server read the address ranges of the
 * integration.
 */
async function refused(signer: TestKey, registered: TestKey, enabled = true) {
  let reads = 0
  const integration = {
    ...newIntegration(CLIENT).integration,
    ...{ enabled, credentials: [aKeyCredential('key_1', registered)] },
    get allowedAddresses() {
      reads++
      return addressRanges('198.51.100.0/24')
    },
  }
  const read = readClientAssertion(anAssertion({ clientId: CLIENT, issuer: ISSUER, key: signer, now: NOW }))
  if (!read.ok || read.value.kind !== 'own') throw new Error('the assertion is not that of a client')
  const ports = {
    issuer: ISSUER,
    assertionSignatures: createAssertionSignatures(),
    clientKeySources: noKeySources(),
    clock: new TestClock(NOW),
    secrets: { noteUse: () => undefined },
  }
  const outcome = await authenticateByAssertion({ integration, slots: [] }, ports, {
    credentials: { clientId: CLIENT, assertion: read.value },
    requester: { address: '192.0.2.1', userAgent: '' },
  })
  return [outcome.ok ? 'accepted' : outcome.refusal.reason, reads]
}

test('the time of a refusal does not show whether a client is limited to addresses, because the server reads them only after it has verified the signature', async () => {
  const [own, foreign] = [aClientKey('ES256', 'own'), aClientKey('ES256', 'own')]
  expect(await refused(own, own)).toEqual(['address_not_allowed', 1])
  expect(await refused(foreign, own)).toEqual(['bad_assertion_signature', 0])
  expect(await refused(own, own, false)).toEqual(['client_disabled', 0])
})

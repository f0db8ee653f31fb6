// An integration and its authenticated client, for tests of the rules about them.
import type { Integration } from '../../../src/domain/integration.ts'
import { REPLACE } from '../../../src/domain/issue-mode.ts'

export const CLIENT = { clientId: 'lk0123456789abcd', credentialId: 'sec_1' }

export const INTEGRATION: Integration = {
  clientId: CLIENT.clientId,
  enabled: true,
  version: 1,
  secrets: [{ id: CLIENT.credentialId, hash: 'x', endsAt: undefined }],
  credentials: [],
  resourceServerFor: [],
  mode: REPLACE,
  graceSeconds: 0,
  conditional: true,
  allowedAddresses: [],
}

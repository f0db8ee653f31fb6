// The text that a MAC covers is part of the format of every store. If it changes, every stored MAC is wrong.
import { expect, test } from 'vitest'
import { REPLACE } from '../../../src/domain/issue-mode.ts'
import { MODEL, PREDICT } from '../../../src/domain/reference-catalog.ts'
import { emptySlot } from '../../../src/domain/slot.ts'
import { RowMacs } from '../../../src/rows/row-macs.ts'
import { addressRanges } from '../../address-ranges.ts'
import { aRecord } from '../keys/a-signing-key-record.ts'

/** Returns the text itself instead of its MAC. */
const texts = new RowMacs((text) => text)
const HASH = '\u0001\u0002'

const INTEGRATION = {
  clientId: 'lkone',
  enabled: true,
  version: 3,
  secrets: [
    { id: 'sec_2', hash: HASH, endsAt: 9 },
    { id: 'sec_1', hash: HASH, endsAt: undefined },
  ],
  credentials: [],
  resourceServerFor: [MODEL],
  mode: REPLACE,
  graceSeconds: 30,
  conditional: true,
  allowedAddresses: addressRanges('192.0.2.0/24', '2001:db8::1'),
}

test.each<[...Parameters<RowMacs['of']>, string]>([
  [
    'integration',
    { integration: INTEGRATION, slots: [emptySlot(1, PREDICT, true), emptySlot(2, MODEL, false)] },
    '{"client_id":"lkone","enabled":true,"version":3,"secrets":[["sec_1","0102",null],["sec_2","0102",9]],"resource_server_for":["machinelearning.model"],"renew_before":null,"grace":30,"allowed_addresses":["192.0.2.0/24","2001:db8::1"],"scopes":[["machinelearning.model",true,false],["machinelearning.predict",true,true]]}',
  ],
  [
    'integration',
    {
      integration: {
        ...{ ...INTEGRATION, secrets: [], resourceServerFor: [], allowedAddresses: [] },
        credentials: [
          {
            ...{ kind: 'key', id: 'key_1', kid: 'one', alg: 'ES256', maxLifetimeSeconds: 300, endsAt: undefined },
            jwk: { crv: 'P-256', kty: 'EC', x: 'eA', y: 'eQ' },
          },
          {
            ...{ kind: 'key', id: 'key_0', kid: 'none', alg: 'EdDSA', maxLifetimeSeconds: 60, endsAt: 7 },
            jwk: undefined,
          },
        ],
      },
      slots: [],
    },
    '{"client_id":"lkone","enabled":true,"version":3,"secrets":[],"credentials":[["key_1","key","one","ES256",[["crv","P-256"],["kty","EC"],["x","eA"],["y","eQ"]],300,null],["key_0","key","none","EdDSA",null,60,7]],"resource_server_for":[],"renew_before":null,"grace":30,"allowed_addresses":[],"scopes":[]}',
  ],
  [
    'operator',
    {
      ...{ id: 'opr_1', email: 'a@example.com', role: 'owner', passwordHash: 'hash', disabled: false },
      ...{ version: 1, createdAt: 2, lastSignInAt: 3 },
    },
    '{"id":"opr_1","email":"a@example.com","role":"owner","disabled":false,"password_hash":"hash"}',
  ],
  [
    'session',
    { id: 'ses_1', hash: HASH, operatorId: 'opr_1', createdAt: 2, lastSeenAt: 3, address: 'a', userAgent: 'b' },
    '{"id":"ses_1","hash":"0102","operator_id":"opr_1","created_at":2}',
  ],
  [
    'set_up_link',
    { hash: HASH, operatorId: undefined, expiresAt: 4 },
    '{"hash":"0102","operator_id":null,"expires_at":4}',
  ],
  [
    'admin_key',
    {
      ...{ id: 'adk_1', name: 'a', role: 'viewer', hash: HASH, loopbackOnly: true },
      ...{ createdAt: 2, expiresAt: 4, revokedAt: undefined },
    },
    '{"id":"adk_1","role":"viewer","hash":"0102","loopback_only":true,"expires_at":4,"revoked_at":null}',
  ],
  [
    'signing_key',
    aRecord({ createdAt: 2, signsFrom: 3 }),
    '{"kid":"k","alg":"EdDSA","status":"signing","created_at":2,"signs_from":3,"retired_at":null,"revoked_at":null,"accepted_until":null}',
  ],
])('the text that the MAC of a row covers never changes: %s', (kind, value, text) => {
  expect(texts.of(kind, value)).toBe(`${kind}\n${text}`)
})

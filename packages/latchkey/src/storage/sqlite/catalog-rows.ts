// Between rows and scopes, APIs, signing keys and admin keys.
import type { Scope } from '@latchkey/protocol'
import type { SigningKeyRecord } from '../../domain/signing-key.ts'
import type { AdminKey, AdminRole } from '../../ports/admin-keys.ts'
import type { ApiRecord, ScopeRecord } from '../../ports/catalog.ts'
import type { Row, Write } from '../disk.ts'
import type { StoredScope } from '../embedded/first-contents.ts'
import { bytes, flag, number, text } from './rows.ts'

export const scopeInsert = ({ name, audience, description }: StoredScope, defaultAudience: string): Write => [
  'insert_scope',
  name,
  audience,
  audience ?? defaultAudience,
  description,
]

export const readScope = (row: Row, defaultAudience: string): ScopeRecord => ({
  name: text(row, 'name') as Scope,
  audience: row['audience'] === null ? defaultAudience : text(row, 'audience'),
  description: text(row, 'description'),
})

export const apiInsert = ({ name, scope, description }: ApiRecord): Write => ['insert_api', name, scope, description]

export const readApi = (row: Row): ApiRecord => ({
  name: text(row, 'name'),
  scope: text(row, 'scope') as Scope,
  description: text(row, 'description'),
})

export const signingKeyInsert = (key: SigningKeyRecord): Write => [
  'insert_signing_key',
  key.kid,
  key.alg,
  key.status,
  JSON.stringify(key.publicJwk),
  key.sealedPrivateKey,
  key.createdAt,
  key.acceptedUntil,
]

export const readSigningKey = (row: Row): SigningKeyRecord => ({
  kid: text(row, 'kid'),
  alg: text(row, 'alg') as SigningKeyRecord['alg'],
  status: text(row, 'status') as SigningKeyRecord['status'],
  publicJwk: JSON.parse(text(row, 'public_jwk')) as SigningKeyRecord['publicJwk'],
  sealedPrivateKey: bytes(row, 'sealed_private'),
  createdAt: number(row, 'created_at'),
  acceptedUntil: row['accepted_until'] === null ? null : number(row, 'accepted_until'),
})

export const adminKeyInsert = (key: AdminKey): Write => [
  'insert_admin_key',
  key.id,
  key.name,
  key.role,
  Buffer.from(key.hash, 'latin1'),
  Number(key.loopbackOnly),
]

export const readAdminKey = (row: Row): AdminKey => ({
  id: text(row, 'id'),
  name: text(row, 'name'),
  role: text(row, 'role') as AdminRole,
  hash: Buffer.from(bytes(row, 'hash')).toString('latin1'),
  loopbackOnly: flag(row, 'loopback_only'),
})

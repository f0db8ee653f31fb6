// Converts between rows and scopes, APIs, signing keys and admin keys.
import type { Scope } from '@latchkey/protocol'
import type { SigningKeyRecord } from '../domain/signing-key.ts'
import type { AdminKey } from '../domain/admin-key.ts'
import type { AdminRole } from '../domain/admin-role.ts'
import type { ApiRecord, ScopeRecord } from '../domain/catalog.ts'
import type { NewScope } from '../domain/scope-change.ts'
import type { Row, Write } from './disk.ts'
import { bytes, flag, number, text } from './rows.ts'

export const scopeInsert = ({ name, audience, description }: NewScope, defaultAudience: string): Write => [
  'insert_scope',
  name,
  audience,
  audience ?? defaultAudience,
  description,
]

export const scopeUpdate = ({ name, audience, hasDefaultAudience, description, version }: ScopeRecord): Write => [
  'update_scope',
  hasDefaultAudience ? null : audience,
  audience,
  description,
  version,
  name,
]

export const readScope = (row: Row, defaultAudience: string): ScopeRecord => ({
  name: text(row, 'name') as Scope,
  audience: row['audience'] === null ? defaultAudience : text(row, 'audience'),
  hasDefaultAudience: row['audience'] === null,
  description: text(row, 'description'),
  version: number(row, 'version'),
})

// The column `routes` contains the route patterns separated by line feeds, because no pattern contains a line feed.
export const apiInsert = ({ id, name, scope, description, routes, version }: ApiRecord): Write => [
  'insert_api',
  id,
  name,
  scope,
  description,
  routes.join('\n'),
  version,
]

export const apiUpdate = ({ id, name, scope, description, routes, version }: ApiRecord): Write => [
  'update_api',
  name,
  scope,
  description,
  routes.join('\n'),
  version,
  id,
]

export const readApi = (row: Row): ApiRecord => ({
  id: text(row, 'id'),
  name: text(row, 'name'),
  scope: text(row, 'scope') as Scope,
  description: text(row, 'description'),
  routes: text(row, 'routes') === '' ? [] : text(row, 'routes').split('\n'),
  version: number(row, 'version'),
})

export const signingKeyInsert = (key: SigningKeyRecord): Write => [
  'insert_signing_key',
  key.kid,
  key.alg,
  key.status,
  JSON.stringify(key.publicJwk),
  key.sealedPrivateKey,
  key.createdAt,
  key.signsFrom,
  key.retiredAt,
  key.revokedAt,
  key.acceptedUntil,
]

export const readSigningKey = (row: Row): SigningKeyRecord => ({
  kid: text(row, 'kid'),
  alg: text(row, 'alg') as SigningKeyRecord['alg'],
  status: text(row, 'status') as SigningKeyRecord['status'],
  publicJwk: JSON.parse(text(row, 'public_jwk')) as SigningKeyRecord['publicJwk'],
  sealedPrivateKey: bytes(row, 'sealed_private'),
  createdAt: number(row, 'created_at'),
  signsFrom: number(row, 'signs_from'),
  retiredAt: numberOrNull(row, 'retired_at'),
  revokedAt: numberOrNull(row, 'revoked_at'),
  acceptedUntil: numberOrNull(row, 'accepted_until'),
})

const numberOrNull = (row: Row, column: string): number | null => (row[column] === null ? null : number(row, column))

export const adminKeyInsert = (key: AdminKey): Write => [
  'insert_admin_key',
  key.id,
  key.name,
  key.role,
  Buffer.from(key.hash, 'latin1'),
  Number(key.loopbackOnly),
  key.createdAt,
  key.expiresAt ?? null,
]

export const readAdminKey = (row: Row): AdminKey => ({
  id: text(row, 'id'),
  name: text(row, 'name'),
  role: text(row, 'role') as AdminRole,
  hash: Buffer.from(bytes(row, 'hash')).toString('latin1'),
  loopbackOnly: flag(row, 'loopback_only'),
  createdAt: number(row, 'created_at'),
  expiresAt: row['expires_at'] === null ? undefined : number(row, 'expires_at'),
  revokedAt: row['revoked_at'] === null ? undefined : number(row, 'revoked_at'),
})

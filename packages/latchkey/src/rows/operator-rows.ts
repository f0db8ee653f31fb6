// Converts between rows and operators, sessions and set-up links.
import type { AdminRole } from '../domain/admin-role.ts'
import type { Operator } from '../domain/operator.ts'
import type { Session } from '../domain/session.ts'
import type { SetUpLink } from '../domain/set-up-link.ts'
import type { Row, Write } from './disk.ts'
import { bytes, flag, number, text } from './rows.ts'

export const operatorWrite = (operator: Operator): Write => [
  'put_operator',
  operator.id,
  operator.email,
  operator.role,
  operator.passwordHash ?? null,
  Number(operator.disabled),
  operator.version,
  operator.createdAt,
  operator.lastSignInAt ?? null,
]

export const readOperator = (row: Row): Operator => ({
  id: text(row, 'id'),
  email: text(row, 'email'),
  role: text(row, 'role') as AdminRole,
  passwordHash: row['password_hash'] === null ? undefined : text(row, 'password_hash'),
  disabled: flag(row, 'disabled'),
  version: number(row, 'version'),
  createdAt: number(row, 'created_at'),
  lastSignInAt: row['last_sign_in_at'] === null ? undefined : number(row, 'last_sign_in_at'),
})

export const sessionInsert = (session: Session): Write => [
  'insert_session',
  session.id,
  hashBytes(session.hash),
  session.operatorId,
  session.createdAt,
  session.lastSeenAt,
  session.address,
  session.userAgent,
]

export const readSession = (row: Row): Session => ({
  id: text(row, 'id'),
  hash: hashText(row),
  operatorId: text(row, 'operator_id'),
  createdAt: number(row, 'created_at'),
  lastSeenAt: number(row, 'last_seen_at'),
  address: text(row, 'address'),
  userAgent: text(row, 'user_agent'),
})

export const linkInsert = ({ hash, operatorId, expiresAt }: SetUpLink): Write => [
  'insert_set_up_link',
  hashBytes(hash),
  operatorId ?? null,
  expiresAt,
]

export const linkDelete = ({ hash }: SetUpLink): Write => ['delete_set_up_link', hashBytes(hash)]

export const readLink = (row: Row): SetUpLink => ({
  hash: hashText(row),
  operatorId: row['operator_id'] === null ? undefined : text(row, 'operator_id'),
  expiresAt: number(row, 'expires_at'),
})

const hashBytes = (hash: string): Uint8Array => Buffer.from(hash, 'latin1')
const hashText = (row: Row): string => Buffer.from(bytes(row, 'hash')).toString('latin1')

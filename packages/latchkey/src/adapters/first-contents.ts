// The records that a new store begins with.
import type { SigningKeyRecord } from '../domain/signing-key.ts'
import type { AdminKey } from '../domain/admin-key.ts'
import type { ApiRecord } from '../domain/catalog.ts'
import type { NewScope } from '../domain/scope-change.ts'

export interface FirstContents {
  readonly scopes: readonly NewScope[]
  readonly apis: readonly ApiRecord[]
  readonly signingKeys: readonly SigningKeyRecord[]
  readonly adminKeys: readonly AdminKey[]
}

// What a new store holds.
import type { Scope } from '@latchkey/protocol'
import type { SigningKeyRecord } from '../../domain/signing-key.ts'
import type { AdminKey } from '../../ports/admin-keys.ts'
import type { ApiRecord } from '../../ports/catalog.ts'

/** A scope as it is stored: without an audience of its own it has the server's. */
export interface StoredScope {
  readonly name: Scope
  readonly audience: string | null
  readonly description: string
}

export interface FirstContents {
  readonly canary: Uint8Array
  readonly scopes: readonly StoredScope[]
  readonly apis: readonly ApiRecord[]
  readonly signingKeys: readonly SigningKeyRecord[]
  readonly adminKeys: readonly AdminKey[]
}

// Finds an API by its id.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { ApiUnknown } from '../domain/api-change.ts'
import type { ApiRecord } from '../domain/catalog.ts'
import type { Catalog } from '../ports/catalog.ts'

export function findApi({ catalog }: { readonly catalog: Catalog }, id: string): Result<ApiRecord, ApiUnknown> {
  const found = catalog.apis().find((api) => api.id === id)
  return found === undefined ? refuse({ reason: 'unknown_api' }) : accept(found)
}

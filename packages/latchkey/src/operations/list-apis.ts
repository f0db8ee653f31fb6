// Reads the APIs for an operator: all, or one.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { ApiRecord, ApiUnknown, Catalog } from '../ports/catalog.ts'

/** The oldest first. */
export const listApis = ({ catalog }: { readonly catalog: Catalog }): readonly ApiRecord[] => catalog.apis()

export function findApi({ catalog }: { readonly catalog: Catalog }, id: string): Result<ApiRecord, ApiUnknown> {
  const found = catalog.apis().find((api) => api.id === id)
  return found === undefined ? refuse({ reason: 'unknown_api' }) : accept(found)
}

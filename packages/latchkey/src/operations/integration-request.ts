// Checks the members that an operator requests for an integration: name, description, tags, scopes and addresses.
import { accept, isScope, refuse, type Result, type Scope } from '@latchkey/protocol'
import { type AddressRange, formatAddressRange, parseAddressRange } from '../domain/address-ranges.ts'
import { isDescription, isName, isTag } from '../domain/integration-profile.ts'
import type { IssueMode } from '../domain/issue-mode.ts'
import type { Catalog } from '../ports/catalog.ts'

/** The requested members. A member that is undefined stays unchanged. */
export interface IntegrationFields {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly scopes?: readonly string[] | undefined
  readonly resourceServerFor?: readonly string[] | undefined
  readonly mode?: IssueMode | undefined
  readonly graceSeconds?: number | undefined
  readonly conditional?: boolean | undefined
  readonly allowedAddresses?: readonly string[] | undefined
}

export interface CheckedFields extends Omit<IntegrationFields, 'scopes' | 'resourceServerFor' | 'allowedAddresses'> {
  readonly allowedAddresses?: readonly AddressRange[] | undefined
  readonly scopes?: readonly Scope[] | undefined
  readonly resourceServerFor?: readonly Scope[] | undefined
}

export type FieldRefusal =
  | { readonly reason: 'name_unusable' }
  | { readonly reason: 'description_unusable' }
  | { readonly reason: 'tag_unusable'; readonly index: number }
  | { readonly reason: 'address_unusable'; readonly index: number }
  | {
      readonly reason: 'unknown_scope'
      readonly member: 'scopes' | 'resource_server_for'
      readonly scope: string
      readonly index: number
      readonly known: readonly Scope[]
    }

/** Checks the members. Returns the members in parsed form, with lists without duplicates. */
export function checkFields(catalog: Catalog, fields: IntegrationFields): Result<CheckedFields, FieldRefusal> {
  const { name, description, tags, allowedAddresses } = fields
  if (name !== undefined && !isName(name)) return refuse({ reason: 'name_unusable' })
  if (description !== undefined && !isDescription(description)) return refuse({ reason: 'description_unusable' })
  const badTag = tags?.findIndex((tag) => !isTag(tag)) ?? -1
  if (badTag >= 0) return refuse({ reason: 'tag_unusable', index: badTag })
  const ranges = allowedAddresses?.map(parseAddressRange)
  const badRange = ranges?.findIndex(({ ok }) => !ok) ?? -1
  if (badRange >= 0) return refuse({ reason: 'address_unusable', index: badRange })
  const scopes = knownScopes(catalog, 'scopes', fields.scopes)
  if (!scopes.ok) return scopes
  const resourceServerFor = knownScopes(catalog, 'resource_server_for', fields.resourceServerFor)
  if (!resourceServerFor.ok) return resourceServerFor
  return accept({
    ...fields,
    tags: tags && unique(tags),
    allowedAddresses: ranges && uniqueRanges(ranges.flatMap((range) => (range.ok ? [range.value] : []))),
    scopes: scopes.value,
    resourceServerFor: resourceServerFor.value,
  })
}

function knownScopes(
  catalog: Catalog,
  member: 'scopes' | 'resource_server_for',
  requested: readonly string[] | undefined,
): Result<readonly Scope[] | undefined, FieldRefusal> {
  if (requested === undefined) return accept(undefined)
  const known: Scope[] = []
  for (const [index, scope] of requested.entries()) {
    if (!isScope(scope) || catalog.scope(scope) === undefined) {
      return refuse({ reason: 'unknown_scope', member, scope, index, known: catalog.scopes().map(({ name }) => name) })
    }
    known.push(scope)
  }
  return accept(unique(known))
}

const uniqueRanges = (ranges: readonly AddressRange[]): readonly AddressRange[] => [
  ...new Map(ranges.map((range) => [formatAddressRange(range), range])).values(),
]

const unique = <Value>(values: readonly Value[]): readonly Value[] => [...new Set(values)]

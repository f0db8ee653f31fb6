// Describes a JSON schema in words: the kind of a value with its limits, and the members of an object as a list.
import { escaped, marked } from '../documents/html.ts'
import type { Schema } from './api-document.ts'

/**
 * Returns the kind of a value in words, for example "array, at most 20 entries, each once, of string, 1 to 40
 * characters".
 */
export function kindOf(schema: Schema): string {
  const { anyOf, enum: values, items } = schema
  if (anyOf !== undefined) return anyOf.map(kindOf).join(' or ')
  if (values !== undefined) return values.map((value) => `<code>${escaped(String(value))}</code>`).join(' or ')
  const content = items === undefined ? [] : [`of ${kindOf(items)}`]
  return [nameOf(schema), ...formNotes(schema), ...boundNotes(schema), ...content].join(', ')
}

function nameOf({ type = 'any value', additionalProperties }: Schema): string {
  if (typeof additionalProperties === 'object') return `object of any names, each with ${kindOf(additionalProperties)}`
  return additionalProperties === true ? 'object of any members' : type
}

const formNotes = ({ format, pattern }: Schema): readonly string[] => [
  ...(format === undefined ? [] : [escaped(format)]),
  ...(pattern === undefined ? [] : [`<code>${escaped(pattern)}</code>`]),
]

const boundNotes = (schema: Schema): readonly string[] => [
  ...range(schema.minimum, schema.maximum, ''),
  ...range(schema.minLength, schema.maxLength, ' characters'),
  ...range(schema.minItems, schema.maxItems, ' entries'),
  ...(schema.uniqueItems === true ? ['each once'] : []),
  ...range(schema.minProperties, undefined, ' members'),
]

function range(least: number | undefined, most: number | undefined, unit: string): readonly string[] {
  if (least === undefined) return most === undefined ? [] : [`at most ${String(most)}${unit}`]
  return [most === undefined ? `at least ${String(least)}${unit}` : `${String(least)} to ${String(most)}${unit}`]
}

/** Returns the members of a value, of its entries and of each of its variants. Empty if it has no members. */
export function membersOf(schema: Schema): string {
  const { properties, items, anyOf = [], additionalProperties } = schema
  const inner = [...anyOf, ...(items === undefined ? [] : [items])]
  if (typeof additionalProperties === 'object') inner.push(additionalProperties)
  return [properties === undefined ? '' : memberList(schema, properties), ...inner.map(described)].join('')
}

const described = (schema: Schema): string =>
  (schema.description === undefined ? '' : ` ${marked(schema.description)}`) + membersOf(schema)

const memberList = ({ required = [] }: Schema, properties: Readonly<Record<string, Schema>>): string => {
  const members = Object.entries(properties).map(([name, schema]) =>
    entry({ name, schema, isRequired: required.includes(name), description: schema.description }),
  )
  return `<dl>${members.join('')}</dl>`
}

interface Entry {
  readonly name: string
  readonly schema: Schema
  readonly isRequired: boolean
  readonly description: string | undefined
}

/** A member of an object, or a parameter. */
export const entry = ({ name, schema, isRequired, description }: Entry): string =>
  `<dt><code>${escaped(name)}</code> <span class="kind">${kindOf(schema)}${isRequired ? ', <b>required</b>' : ''}</span></dt><dd>${
    description === undefined ? '' : marked(description)
  }${membersOf(schema)}</dd>`

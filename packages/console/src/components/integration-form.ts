// The settings of an integration in a form, their problems, and the request body made of them.
import type { UseFormReturnType } from '@mantine/form'
import type { Integration, IntegrationPatch, NewIntegration } from 'latchkey/admin-api'
import type { ProblemError } from '../api/problem.ts'
import { protectText } from '../strings/protect.ts'
import { t } from '../strings.ts'

export interface FormValues {
  readonly name: string
  readonly description: string
  readonly tags: string[]
  readonly scopes: string[]
  readonly kind: 'caller' | 'api'
  /** The scopes whose tokens an API or gateway checks. Not used for an integration that only calls APIs. */
  readonly protects: string[]
  readonly mode: 'replace' | 'stable'
  readonly renewMinutes: number | string
  readonly grace: number | string
  readonly conditional: boolean
  readonly addresses: string
  readonly expiry: 'never' | '90' | '180' | '365'
}

export type SettingsForm = UseFormReturnType<FormValues>

const MINUTE = 60
const DEFAULT_RENEW_SECONDS = 300

export const EMPTY_FORM: FormValues = {
  name: '',
  description: '',
  tags: [],
  scopes: [],
  kind: 'caller',
  protects: [],
  mode: 'replace',
  renewMinutes: DEFAULT_RENEW_SECONDS / MINUTE,
  grace: 0,
  conditional: true,
  addresses: '',
  expiry: 'never',
}

export const formOf = (integration: Integration): FormValues => ({
  ...EMPTY_FORM,
  name: integration.name,
  description: integration.description,
  tags: [...integration.tags],
  scopes: [...integration.scopes],
  kind: integration.resource_server_for.length > 0 ? 'api' : 'caller',
  protects: [...integration.resource_server_for],
  mode: integration.issue_mode.kind,
  renewMinutes: (integration.issue_mode.renew_before_seconds ?? DEFAULT_RENEW_SECONDS) / MINUTE,
  grace: integration.grace_seconds,
  conditional: integration.conditional,
  addresses: integration.allowed_addresses.join('\n'),
})

/** The members that the form always sends, in the form of the admin API. */
type WiredSettings = Required<
  Pick<
    IntegrationPatch,
    | 'name'
    | 'description'
    | 'tags'
    | 'scopes'
    | 'resource_server_for'
    | 'issue_mode'
    | 'grace_seconds'
    | 'conditional'
    | 'allowed_addresses'
  >
>

export const desiredSettingsOf = (values: FormValues): WiredSettings => ({
  name: values.name,
  description: values.description,
  tags: values.tags,
  scopes: values.scopes,
  resource_server_for: values.kind === 'api' ? values.protects : [],
  issue_mode:
    values.mode === 'replace'
      ? { kind: 'replace' }
      : { kind: 'stable', renew_before_seconds: Math.round(Number(values.renewMinutes) * MINUTE) },
  grace_seconds: Number(values.grace),
  conditional: values.conditional,
  allowed_addresses: values.addresses.split(/[\s,]+/).filter((address) => address !== ''),
})

/** The length in characters, counted like the server: an emoji is one character. */
const lengthOf = (text: string): number => [...text].length

const DAY_MS = 86_400_000

/** Returns the request body for a new integration. `now` is in milliseconds. */
export function newIntegrationOf(values: FormValues, now: number): NewIntegration {
  const desired = desiredSettingsOf(values)
  if (values.expiry === 'never') return desired
  const end = new Date(now + Number(values.expiry) * DAY_MS).toISOString()
  return { ...desired, secret_expires_at: `${end.slice(0, 19)}Z` }
}

/** Returns the settings of `after` that differ from `before`. */
export const changedSettings = (before: FormValues, after: FormValues): IntegrationPatch => {
  const [old, desired] = [desiredSettingsOf(before), desiredSettingsOf(after)]
  return Object.fromEntries(
    Object.entries(desired).filter(
      ([member, value]) => JSON.stringify(value) !== JSON.stringify(old[member as keyof WiredSettings]),
    ),
  )
}

const isWithin = (value: number | string, least: number, most: number): boolean =>
  value !== '' && Number(value) >= least && Number(value) <= most

export const CHECKS = {
  name: (name: string) => {
    if (name === '') return t.create.nameMissing
    if (name !== name.trim()) return t.create.nameSpaces
    return lengthOf(name) > 120 ? t.create.nameLong : null
  },
  description: (text: string) => (lengthOf(text) > 500 ? t.create.descriptionLong : null),
  scopes: (scopes: string[]) => (scopes.length === 0 ? t.create.scopesMissing : null),
  protects: (scopes: string[], { kind }: FormValues) =>
    kind === 'api' && scopes.length === 0 ? protectText.protectsMissing : null,
  renewMinutes: (minutes: number | string, { mode }: FormValues) =>
    mode === 'replace' || isWithin(minutes, 0, 1440) ? null : t.create.renewRange,
  grace: (seconds: number | string) =>
    isWithin(seconds, 0, 300) && Number.isInteger(Number(seconds)) ? null : t.create.graceRange,
}

const POINTERS: readonly (readonly [pointer: string, field: keyof FormValues])[] = [
  ['/name', 'name'],
  ['/description', 'description'],
  ['/tags', 'tags'],
  ['/scopes', 'scopes'],
  ['/resource_server_for', 'protects'],
  ['/issue_mode', 'renewMinutes'],
  ['/grace_seconds', 'grace'],
  ['/allowed_addresses', 'addresses'],
]

/** The problems that the server found, by field. */
export const refusedFields = (problem: ProblemError): Partial<Record<keyof FormValues, string>> =>
  Object.fromEntries(
    POINTERS.flatMap(([pointer, field]) => {
      const detail = problem.detailAt(pointer)
      return detail === undefined ? [] : [[field, detail]]
    }),
  )

/** The id of the field's input, for the links of the summary. */
export const inputId = (field: string): string => `integration-${field}`

// The type of a row in a settings table, and the types of the values that are read with such a table.
import type { Secret } from '@latchkey/protocol'
import type { SettingKind } from './setting-kinds.ts'

export type SettingGroup = 'Listeners' | 'Tokens' | 'Data and keys' | 'Console' | 'Logs' | 'Command line'

interface SettingRow {
  /** The name of the environment variable. */
  readonly env: string
  /** A second environment variable, which is read if `env` is not set. */
  readonly alias?: string
  readonly group: SettingGroup
  /** The meaning of the setting, in one or more sentences. */
  readonly doc: string
  /** The default value in words, for documentation. */
  readonly defaultText: string
  /** An example value, shown if the default does not show the form of a value. */
  readonly example?: string
}

export interface PlainSetting<Value = unknown, Default = unknown> extends SettingRow {
  readonly secret: false
  readonly kind: SettingKind<Value>
  readonly default: Default
}

/**
 * A setting that is a secret. Its value is in the environment variable `env`, or in a file whose path is in the
 * variable with `_FILE` added to the name. It has no flag, because every user of a machine can see command lines.
 */
export interface SecretSetting extends SettingRow {
  readonly secret: true
}

export type SecretSource =
  { readonly kind: 'text'; readonly value: Secret } | { readonly kind: 'file'; readonly path: string }

export type SettingTable = Readonly<Record<string, PlainSetting | SecretSetting>>

export type ValueOf<Row> =
  Row extends PlainSetting<infer Value, infer Default> ? Value | Default : SecretSource | undefined

export type ValuesOf<Table> = { readonly [Key in keyof Table]: ValueOf<Table[Key]> }

export const plain = <Value, const Default extends Value | undefined>(
  row: Omit<PlainSetting<Value, Default>, 'secret'>,
): PlainSetting<Value, Default> => ({ ...row, secret: false })

export const secret = (row: Omit<SecretSetting, 'secret'>): SecretSetting => ({ ...row, secret: true })

// The present settings of a server with their origins, for operators. The values of secrets are not included.
import type { Origin, SettingsRead } from './read-settings.ts'
import type { SecretSource, SettingGroup } from './setting.ts'
import { type ServerSettingKey, serverSettings } from './settings.ts'

export type SettingValue = string | number | boolean | readonly string[] | SecretSource | undefined

export interface SettingInForce {
  /** The name of the environment variable. */
  readonly name: string
  readonly group: SettingGroup
  readonly doc: string
  /**
   * The value as a text. Undefined for every secret, and for a setting without a value, whose effect `defaultText`
   * describes.
   */
  readonly value: string | undefined
  readonly defaultText: string
  readonly origin: Origin
  /** Says whether a secret is set. Undefined for a setting that is not a secret. */
  readonly secret: 'set' | 'unset' | undefined
}

export const settingsInForce = ({ values, origins }: SettingsRead<typeof serverSettings>): readonly SettingInForce[] =>
  (Object.keys(serverSettings) as ServerSettingKey[]).map((key) => {
    const { env: name, group, doc, defaultText, secret } = serverSettings[key]
    const value = values[key]
    const about = { name, group, doc, defaultText, origin: origins[key] }
    if (secret) return { ...about, value: undefined, secret: value === undefined ? 'unset' : 'set' }
    return { ...about, value: plainText(value), secret: undefined }
  })

/**
 * Returns the value in the form in which the environment variable contains it. Undefined for an empty list. Throws for
 * a secret.
 */
export function plainText(value: SettingValue): string | undefined {
  switch (typeof value) {
    case 'undefined':
      return undefined
    case 'boolean':
      return value ? 'on' : 'off'
    case 'object':
      if ('kind' in value) throw new TypeError('a secret has no text to show')
      return value.length === 0 ? undefined : value.join(',')
    default:
      return String(value)
  }
}

// latchkey config print: shows the present settings with their origins. Secrets are never shown.
import { readConfig } from '../config/read-config.ts'
import { type Origin, readSettings } from '../config/read-settings.ts'
import type { SecretSource } from '../config/setting.ts'
import { allSettings } from '../config/settings.ts'
import { plainText, type SettingValue } from '../config/settings-in-force.ts'
import { configurationUnusable } from './cli-failure.ts'
import { showJson } from './show.ts'
import { type Column, showTable, type TableOptions } from './table.ts'
import type { Terminal } from './terminal.ts'

export interface PrintOptions extends TableOptions {
  readonly origin?: true
  readonly json?: true
}

interface ShownSetting {
  readonly name: string
  /** Null if the setting has no value. `default` then says what happens. */
  readonly value: string | null
  readonly default: string
  readonly origin: Origin
}

export function printConfig({ origin, json, wide }: PrintOptions, terminal: Terminal): void {
  const { env } = terminal
  const config = readConfig({ env, flags: {} })
  if (!config.ok) throw configurationUnusable(config.refusal)
  const { values, origins } = readSettings(allSettings, { env, flags: {} })
  const keys = Object.keys(allSettings) as (keyof typeof allSettings)[]
  const shown = keys.map((key): ShownSetting => {
    const { env: name, defaultText } = allSettings[key]
    const value = shownValue(values[key])
    return { name, value, default: defaultText, origin: origins[key] }
  })
  if (json === true) {
    const settings = shown.map(({ origin: from, ...setting }) =>
      origin === true ? { ...setting, origin: from } : setting,
    )
    showJson(terminal, { settings })
    return
  }
  showTable(terminal, shown, { columns: origin === true ? [...COLUMNS, ORIGIN] : COLUMNS, wide })
}

const COLUMNS: readonly Column<ShownSetting>[] = [
  { heading: 'SETTING', value: ({ name }) => name, narrow: 'kept' },
  { heading: 'VALUE', value: (setting) => setting.value ?? `(${setting.default})`, narrow: 'cut' },
]

const ORIGIN: Column<ShownSetting> = { heading: 'ORIGIN', value: ({ origin }) => origin, narrow: 'kept' }

const shownValue = (value: SettingValue): string | null =>
  typeof value === 'object' && 'kind' in value ? secretText(value) : (plainText(value) ?? null)

const secretText = (source: SecretSource): string =>
  source.kind === 'text' ? '[secret]' : `[secret] in ${source.path}`

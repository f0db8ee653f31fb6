// One setting: its description, its value, and the variable or flag that set it.
import { Table, Text } from '@mantine/core'
import type { Setting } from 'latchkey/admin-api'
import { CopyText } from '../../components/copy-text.tsx'
import { StatusWord } from '../../components/status-word.tsx'
import { configurationText as words } from '../../strings/settings.ts'
import { readOrigin } from './find-settings.ts'

export function SettingRow({ setting }: { readonly setting: Setting }) {
  const { name, description, origin } = setting
  const { kind, by } = readOrigin(origin)
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td>
        <CopyText what={name} value={name} />
        <Description text={description} />
      </Table.Td>
      <Table.Td className="beside-copy">
        <Value setting={setting} />
      </Table.Td>
      <Table.Td className="beside-copy">
        <Text size="sm">{words.origins[kind]}</Text>
        {by !== undefined && (
          <Text size="13px" className="mono wrap">
            {by}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

/** Shows the first sentence, and the others on request, because operators open this page to read the values. */
function Description({ text }: { readonly text: string }) {
  const end = text.search(/[.:] (?=[A-Z])/) + 1
  if (end === 0)
    return (
      <Text size="sm" c="dimmed" className="wrap">
        {text}
      </Text>
    )
  return (
    <details className="more">
      <summary>{text.slice(0, end)}</summary>
      {text.slice(end)}
    </details>
  )
}

function Value({ setting: { secret, value, default: byDefault } }: { readonly setting: Setting }) {
  if (secret !== null) {
    return (
      <>
        <StatusWord tone={secret === 'set' ? 'ok' : 'quiet'}>
          {secret === 'set' ? words.secretSet : words.secretUnset}
        </StatusWord>
        <Text size="sm" c="dimmed" className="wrap">
          {secret === 'set' ? words.secretNote : `${words.default}: ${byDefault}`}
        </Text>
      </>
    )
  }
  if (value === null) {
    return (
      <Text size="sm" c="dimmed" className="wrap">
        {words.default}: {byDefault}
      </Text>
    )
  }
  return (
    <Text size="13px" className="mono wrap">
      {value}
    </Text>
  )
}

// Settings > Configuration: the settings in force and their sources. Read-only: settings change only with a restart
// of the server.
import { Checkbox, Group, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Setting } from 'latchkey/admin-api'
import { useState } from 'react'
import { configurationQuery } from '../../api/platform-queries.ts'
import { PageHead } from '../../components/page-head.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { TableSkeleton } from '../../components/table-skeleton.tsx'
import { pagesText } from '../../strings/pages.ts'
import { configurationText as words } from '../../strings/settings.ts'
import { findSettings } from './find-settings.ts'
import { SettingRow } from './setting-row.tsx'

export function ConfigurationPage() {
  const settings = useQuery(configurationQuery)
  return (
    <>
      <PageHead title={pagesText.pages.configuration} line={words.line} />
      {settings.isPending && <TableSkeleton label={words.loading} />}
      {settings.isError && settings.data === undefined && (
        <ProblemAlert title={words.failed} error={settings.error} onRetry={() => void settings.refetch()} />
      )}
      {settings.data !== undefined && <Settings settings={settings.data} />}
    </>
  )
}

function Settings({ settings }: { readonly settings: readonly Setting[] }) {
  const [text, setText] = useState('')
  const [isOnlySet, setOnlySet] = useState(false)
  const groups = findSettings(settings, text, isOnlySet ? 'set' : 'all')
  const shown = groups.reduce((sum, group) => sum + group.settings.length, 0)
  return (
    <Stack>
      <Group align="end">
        <TextInput
          label={words.filter}
          type="search"
          w={320}
          maw="100%"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Checkbox
          label={words.onlySet}
          checked={isOnlySet}
          onChange={(event) => setOnlySet(event.currentTarget.checked)}
        />
      </Group>
      <Text size="sm" c="dimmed" role="status">
        {words.shown(shown, settings.length)}
      </Text>
      {shown === 0 && <Text>{words.nothing}</Text>}
      {groups.map(({ name: group, settings: members }) => (
        <section key={group} aria-labelledby={`group-${group}`}>
          <Title order={2} mb="xs" id={`group-${group}`}>
            {group}
          </Title>
          <div className="scroll-table" role="region" aria-label={group} tabIndex={0}>
            <Table miw={560} verticalSpacing={8} aria-label={group} layout="fixed">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th w="46%">{words.columns.name}</Table.Th>
                  <Table.Th>{words.columns.value}</Table.Th>
                  <Table.Th w="24%">{words.columns.origin}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {members.map((setting) => (
                  <SettingRow key={setting.name} setting={setting} />
                ))}
              </Table.Tbody>
            </Table>
          </div>
        </section>
      ))}
    </Stack>
  )
}

// One integration in the list. The state of its tokens is read separately, so that the list never waits for it.
import { Group, Table, Text } from '@mantine/core'
import type { Integration } from 'latchkey/admin-api'
import { CopyText } from '../../components/copy-text.tsx'
import { IntegrationStatus } from '../../components/status-word.tsx'
import { Tags } from '../../components/tags.tsx'
import { Tick } from '../../components/tick.tsx'
import { protectText } from '../../strings/protect.ts'
import { t } from '../../strings.ts'
import { AttentionPills } from './attention-pills.tsx'
import { LastHours, LastUsed, NameLink } from './integration-facts.tsx'
import { RowMenu } from './row-menu.tsx'
import { ScopeBars } from './scope-bars.tsx'

export interface IntegrationRowProps {
  readonly integration: Integration
  /** Undefined for operators who may not change integrations. */
  readonly isSelected: boolean | undefined
  readonly onSelect: () => void
}

export function IntegrationRow({ integration, isSelected, onSelect }: IntegrationRowProps) {
  const { name, description, tags, client_id: clientId, attention, hourly } = integration
  return (
    <Table.Tr>
      {isSelected !== undefined && (
        <Table.Td>
          <Tick label={t.list.selectOne(name)} isChecked={isSelected} onChange={onSelect} />
        </Table.Td>
      )}
      <Table.Td className="list-name">
        <Group gap="4px 10px">
          <NameLink {...integration} />
          <Tags tags={integration.resource_server_for.length > 0 ? [protectText.badge, ...tags] : tags} />
        </Group>
        {description !== '' && (
          <Text size="13px" lh={1.4} c="dimmed" truncate title={description}>
            {description}
          </Text>
        )}
        <CopyText what={`client ID of ${name}`} value={clientId} />
      </Table.Td>
      <Table.Td>
        <IntegrationStatus {...integration} />
      </Table.Td>
      <Table.Td>
        <AttentionPills reasons={attention} />
      </Table.Td>
      <Table.Td>
        <ScopeBars integration={integration} />
      </Table.Td>
      <Table.Td>
        <LastHours hourly={hourly} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <LastUsed {...integration} />
      </Table.Td>
      {isSelected !== undefined && (
        <Table.Td>
          <RowMenu integration={integration} />
        </Table.Td>
      )}
    </Table.Tr>
  )
}

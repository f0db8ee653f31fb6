// One entry with all its data: the actor, the address, and the values before and after.
import { Button, Group, Stack, Table, Text } from '@mantine/core'
import type { AuditEvent } from 'latchkey/admin-api'
import { CopyText } from '../../components/copy-text.tsx'
import { changedMembers, inLines } from '../../components/recorded-change.ts'
import { count, exact } from '../../components/times.ts'
import { auditLogText as words } from '../../strings/activity.ts'
import type { AuditSearch } from './audit-search.ts'

export interface AuditDetailsProps {
  readonly event: AuditEvent
  readonly search: AuditSearch
  readonly onFilter: (search: AuditSearch) => void
}

export function AuditDetails({ event, search, onFilter }: AuditDetailsProps) {
  const { actor, target, request_id: requestId } = event
  const { facts } = words
  return (
    <Stack gap="sm" py="xs" px="sm" maw={900}>
      <dl className="facts">
        <dt>{facts.seq}</dt>
        <dd>{count(event.seq)}</dd>
        <dt>{facts.at}</dt>
        <dd>{exact(event.at)}</dd>
        <dt>{facts.event}</dt>
        <dd className="mono">{event.event}</dd>
        <dt>{facts.actor}</dt>
        <dd className="wrap">
          {actor.name} <span className="mono">({actor.id})</span>
        </dd>
        <dt>{words.columns.address}</dt>
        <dd className="mono">{actor.address || words.local}</dd>
        {actor.user_agent !== '' && (
          <>
            <dt>{facts.agent}</dt>
            <dd className="wrap">{actor.user_agent}</dd>
          </>
        )}
        <dt>{facts.target}</dt>
        <dd className="wrap">
          {target.name} <span className="mono">({target.id})</span>
        </dd>
        {requestId !== '' && (
          <>
            <dt>{facts.request}</dt>
            <dd>
              <CopyText what={`request ID of entry ${event.seq}`} value={requestId} />
            </dd>
          </>
        )}
      </dl>
      <Difference event={event} />
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          onClick={() => onFilter({ ...search, actor: actor.id, actorName: actor.name })}
        >
          {words.onlyActor(actor.name)}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => onFilter({ ...search, target: target.id, targetName: target.name })}
        >
          {words.onlyTarget(target.name)}
        </Button>
      </Group>
    </Stack>
  )
}

function Difference({ event: { before, after, seq } }: { readonly event: AuditEvent }) {
  const members = changedMembers({ before, after })
  if (members.length === 0) return <Text size="sm">{words.noDiff}</Text>
  const { diff } = words
  return (
    <Table aria-label={words.show(seq)} withTableBorder verticalSpacing={4} bg="var(--mantine-color-body)">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{diff.member}</Table.Th>
          <Table.Th>{diff.before}</Table.Th>
          <Table.Th>{diff.after}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {members.map((member) => (
          <Table.Tr key={member}>
            <Table.Th scope="row" fw={400} className="mono">
              {member}
            </Table.Th>
            <Table.Td>
              <Value of={inLines(member, before[member])} />
            </Table.Td>
            <Table.Td>
              <Value of={inLines(member, after[member])} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Value({ of: text }: { readonly of: string | undefined }) {
  if (text === undefined)
    return (
      <Text size="sm" c="dimmed">
        {words.absent}
      </Text>
    )
  return (
    <Text size="sm" className="mono" style={{ whiteSpace: 'pre-wrap' }}>
      {text}
    </Text>
  )
}

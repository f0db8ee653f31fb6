// One integration in the list. The state of its tokens is read separately, so that the list never waits for it.
import { Checkbox, Skeleton, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Counts, Integration } from 'latchkey/admin-api'
import { type CountedSlot, liveTokens } from '../../api/counted-slot.ts'
import { activitySumsQuery, slotsQuery } from '../../api/queries.ts'
import { CopyText } from '../../components/copy-text.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { IntegrationStatus } from '../../components/status-word.tsx'
import { clock, count } from '../../components/times.ts'
import { Tags } from '../../components/tags.tsx'
import { TokenLeft } from '../../components/token-left.tsx'
import { useNow } from '../../components/use-now.ts'
import { sumOf } from '../../api/activity-sums.ts'
import { t } from '../../strings.ts'

const MOST_SCOPES = 3

export interface IntegrationRowProps {
  readonly integration: Integration
  /** Undefined for operators who may not change integrations. */
  readonly isSelected: boolean | undefined
  readonly onSelect: () => void
}

export function IntegrationRow({ integration, isSelected, onSelect }: IntegrationRowProps) {
  const { id, name, description, tags, client_id: clientId, scopes, status, last_used: lastUsed } = integration
  const { data: sums } = useQuery(activitySumsQuery(clientId))
  const { data: slots } = useQuery(slotsQuery(clientId))
  return (
    <Table.Tr>
      {isSelected !== undefined && (
        <Table.Td>
          <Checkbox aria-label={t.list.selectOne(name)} checked={isSelected} onChange={onSelect} />
        </Table.Td>
      )}
      <Table.Td maw={172} miw={120}>
        <RouterLink
          to="/models/integrations/$id/{-$tab}"
          params={{ id, tab: undefined }}
          fw={600}
          size="sm"
          underline="hover"
          style={{ overflowWrap: 'anywhere' }}
        >
          {name}
        </RouterLink>
        {description !== '' && (
          <Text size="13px" lh={1.4} c="dimmed" truncate>
            {description}
          </Text>
        )}
        <Tags tags={tags} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <CopyText what={`client ID of ${name}`} value={clientId} />
      </Table.Td>
      <Table.Td>
        {scopes.slice(0, MOST_SCOPES).map((scope) => (
          <Text key={scope} size="13px" lh={1.4}>
            {scope}
          </Text>
        ))}
        {scopes.length > MOST_SCOPES && (
          <Text size="13px" lh={1.4}>
            +{scopes.length - MOST_SCOPES}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <IntegrationStatus status={status} />
      </Table.Td>
      <Table.Td>{slots === undefined ? <Skeleton h={16} /> : <LiveCell name={name} slots={slots} />}</Table.Td>
      <Table.Td ta="right">{sums === undefined ? '' : count(sums.last_24_hours.issued)}</Table.Td>
      <Table.Td ta="right">{sums !== undefined && <RefusedCell counts={sums.last_hour} />}</Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        {lastUsed === null ? (
          <Text size="13px" lh={1.4} c="dimmed">
            {t.list.never}
          </Text>
        ) : (
          <RelativeTime time={lastUsed.at} />
        )}
      </Table.Td>
    </Table.Tr>
  )
}

/** Requests that the token endpoint refused, and tokens that the server refused: both are trouble of this integration. */
function RefusedCell({ counts }: { readonly counts: Pick<Counts, 'refused' | 'denied'> }) {
  const [requests, tokens] = [sumOf(counts.refused), sumOf(counts.denied)]
  return (
    <Text
      size="13px"
      lh={1.4}
      {...(requests + tokens > 0 && { c: 'red', fw: 600 })}
      title={t.list.refusals(count(requests), count(tokens))}
    >
      {count(requests + tokens)}
    </Text>
  )
}

function LiveCell({ name, slots }: { readonly name: string; readonly slots: readonly CountedSlot[] }) {
  const now = useNow()
  const live = liveTokens(slots, now)
  const [next] = live
  if (next === undefined)
    return (
      <Text size="13px" lh={1.4} c="dimmed" style={{ whiteSpace: 'nowrap' }}>
        {t.list.noToken}
      </Text>
    )
  if (live.length === 1) return <TokenLeft token={next} label={name} />
  return (
    <Text size="13px" lh={1.4} aria-live="off" style={{ fontVariantNumeric: 'tabular-nums' }}>
      {t.list.several(live.length, clock(next.endsAtMs - now))}
    </Text>
  )
}

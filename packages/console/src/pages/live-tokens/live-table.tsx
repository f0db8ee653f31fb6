// The live tokens as a table. The token that expires next comes first.
import { Button, Skeleton, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { sourceQuery } from '../../api/platform-queries.ts'
import type { CountedSlot } from '../../api/counted-slot.ts'
import { RelativeTime } from '../../components/relative-time.tsx'
import { RowCards } from '../../components/row-cards.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { flipped, selectedShare } from '../../components/selection.ts'
import { count } from '../../components/times.ts'
import { useIsNarrow } from '../../components/use-is-narrow.ts'
import { Tick } from '../../components/tick.tsx'
import { TokenLeft } from '../../components/token-left.tsx'
import { pagesText } from '../../strings/pages.ts'
import { liveTokensText as words, platformText } from '../../strings/platform.ts'

// The text is broken only if it does not fit, because the width of its column is computed from the whole text.
const WHOLE = { overflowWrap: 'break-word' } as const

/** Returns a key that is unique for each slot, because client IDs and scopes contain no space. */
export const slotKey = ({ client_id: clientId, scope }: CountedSlot): string => `${clientId} ${scope}`

export interface LiveTableProps {
  readonly slots: readonly CountedSlot[]
  /** Undefined for operators who may not revoke tokens. */
  readonly selected: ReadonlySet<string> | undefined
  readonly onSelect: (keys: ReadonlySet<string>) => void
  readonly onRevoke: (slot: CountedSlot) => void
}

export function LiveTable({ slots, selected, onSelect, onRevoke }: LiveTableProps) {
  const keys = slots.map(slotKey)
  const share = selectedShare(selected ?? new Set(), keys)
  const isNarrow = useIsNarrow()
  if (isNarrow) return <LiveCards {...{ slots, selected, onSelect, onRevoke }} />
  return (
    <div className="scroll-table" role="region" aria-label={pagesText.pages.liveTokens} tabIndex={0}>
      <Table verticalSpacing={6} miw={900} aria-label={pagesText.pages.liveTokens}>
        <Table.Thead>
          <Table.Tr>
            {selected !== undefined && (
              <Table.Th w={40}>
                <Tick
                  label={words.selectAll}
                  isChecked={share === 'all'}
                  isPartial={share === 'some'}
                  onChange={() => onSelect(new Set(share === 'all' ? [] : keys))}
                />
              </Table.Th>
            )}
            <Table.Th>{words.columns.integration}</Table.Th>
            <Table.Th>{words.columns.scope}</Table.Th>
            <Table.Th w={150}>{words.columns.left}</Table.Th>
            <Table.Th>{words.columns.age}</Table.Th>
            <Table.Th>{words.columns.source}</Table.Th>
            <Table.Th ta="right">{words.columns.generation}</Table.Th>
            {selected !== undefined && <Table.Th>{platformText.actions}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {slots.map((slot) => {
            const key = slotKey(slot)
            return (
              <Row
                key={key}
                slot={slot}
                isSelected={selected?.has(key)}
                onSelect={() => onSelect(flipped(selected ?? new Set(), key))}
                onRevoke={() => onRevoke(slot)}
              />
            )
          })}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function LiveCards({ slots, selected, onSelect, onRevoke }: LiveTableProps) {
  return (
    <RowCards label={pagesText.pages.liveTokens}>
      {slots.map((slot) => {
        const { live, integration_id: id, integration_name: name, client_id: clientId, scope } = slot
        const key = slotKey(slot)
        if (live === null) return null
        return (
          <li key={key}>
            <div className="row-card-head">
              {selected !== undefined && (
                <Tick
                  label={words.selectOne(name, scope)}
                  isChecked={selected.has(key)}
                  onChange={() => onSelect(flipped(selected, key))}
                />
              )}
              <div>
                <IntegrationLink id={id} name={name} />
                <Text size="xs" className="mono" style={WHOLE}>
                  {scope}
                </Text>
              </div>
              <Text size="xs" c="dimmed">
                #{count(live.generation)}
              </Text>
            </div>
            <div>
              <TokenLeft token={live} label={`${name}, ${scope}`} />
            </div>
            <div className="row-card-line">
              <Text span size="xs" c="dimmed">
                {words.columns.age}: <RelativeTime time={live.issued_at} />
              </Text>
              {selected !== undefined && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={words.revokeOne(name, scope)}
                  onClick={() => onRevoke(slot)}
                >
                  {words.revoke}
                </Button>
              )}
            </div>
            <Source clientId={clientId} scope={scope} generation={live.generation} />
          </li>
        )
      })}
    </RowCards>
  )
}

const IntegrationLink = ({ id, name }: { readonly id: string; readonly name: string }) => (
  <RouterLink to="/models/integrations/$id/{-$tab}" params={{ id, tab: undefined }} fw={600} size="sm" style={WHOLE}>
    {name}
  </RouterLink>
)

interface RowProps {
  readonly slot: CountedSlot
  readonly isSelected: boolean | undefined
  readonly onSelect: () => void
  readonly onRevoke: () => void
}

function Row({ slot, isSelected, onSelect, onRevoke }: RowProps) {
  const { live, integration_id: id, integration_name: name, client_id: clientId, scope } = slot
  if (live === null) return null
  return (
    <Table.Tr>
      {isSelected !== undefined && (
        <Table.Td>
          <Tick label={words.selectOne(name, scope)} isChecked={isSelected} onChange={onSelect} />
        </Table.Td>
      )}
      <Table.Td maw={300}>
        <IntegrationLink id={id} name={name} />
      </Table.Td>
      <Table.Td>
        <Text size="sm" className="mono" style={WHOLE}>
          {scope}
        </Text>
      </Table.Td>
      <Table.Td>
        <TokenLeft token={live} label={`${name}, ${scope}`} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <RelativeTime time={live.issued_at} />
      </Table.Td>
      <Table.Td>
        <Source clientId={clientId} scope={scope} generation={live.generation} />
      </Table.Td>
      <Table.Td ta="right">#{count(live.generation)}</Table.Td>
      {isSelected !== undefined && (
        <Table.Td>
          <Button size="compact-sm" variant="default" aria-label={words.revokeOne(name, scope)} onClick={onRevoke}>
            {words.revoke}
          </Button>
        </Table.Td>
      )}
    </Table.Tr>
  )
}

interface SourceProps {
  readonly clientId: string
  readonly scope: string
  readonly generation: number
}

function Source({ clientId, scope, generation }: SourceProps) {
  const { data, isPending } = useQuery(sourceQuery(clientId, scope, generation))
  if (isPending) return <Skeleton h={16} w={120} />
  const [first, ...others] = data ?? []
  if (first === undefined)
    return (
      <Text size="sm" c="dimmed">
        {words.unknownSource}
      </Text>
    )
  return (
    <Text size="sm" className="wrap">
      {first.address}{' '}
      <Text span inherit c="dimmed">
        {first.user_agent}
      </Text>
      {others.length > 0 && ` ${words.moreSources(others.length)}`}
    </Text>
  )
}

// The filters for what needs attention, each with the number of integrations that it finds.
import { Group, Text } from '@mantine/core'
import type { IntegrationPage } from 'latchkey/admin-api'
import { count } from '../../components/times.ts'
import { t } from '../../strings.ts'
import { ATTENTION_FILTERS, type AttentionFilter } from './list-search.ts'

export interface AttentionChipsProps {
  readonly selected: AttentionFilter | undefined
  readonly counts: IntegrationPage['attention_counts'] | undefined
  readonly onSelect: (selected: AttentionFilter | undefined) => void
}

export function AttentionChips({ selected, counts, onSelect }: AttentionChipsProps) {
  return (
    <Group gap="sm">
      <ul className="chips" aria-label={t.list.attention.label}>
        {ATTENTION_FILTERS.map((kind) => {
          const number = counts?.[kind] ?? 0
          const isPressed = selected === kind
          return (
            <li key={kind}>
              <button
                type="button"
                className="chip"
                aria-pressed={isPressed}
                data-some={number > 0}
                title={t.list.attention.meanings[kind]}
                onClick={() => onSelect(isPressed ? undefined : kind)}
              >
                {kind === 'any' ? t.list.attention.any : t.list.attention.kinds[kind]}
                {number > 0 && <span>{count(number)}</span>}
              </button>
            </li>
          )
        })}
      </ul>
    </Group>
  )
}

/** Says since when the servers have counted. These columns and filters show counts that servers keep only in memory. */
export function MeasuredNote({ since }: { readonly since: string }) {
  return (
    <Text size="xs" c="dimmed">
      {t.list.measured(`${since.slice(0, 10)} ${since.slice(11, 16)} UTC`)}
    </Text>
  )
}

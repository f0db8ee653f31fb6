// The integrations of one page of the list as cards, for phones.
import { Text } from '@mantine/core'
import { CopyText } from '../../components/copy-text.tsx'
import { RowCards } from '../../components/row-cards.tsx'
import { flipped } from '../../components/selection.ts'
import { IntegrationStatus } from '../../components/status-word.tsx'
import { Tags } from '../../components/tags.tsx'
import { Tick } from '../../components/tick.tsx'
import { t } from '../../strings.ts'
import { AttentionPills } from './attention-pills.tsx'
import { LastUsed, NameLink } from './integration-facts.tsx'
import type { IntegrationTableProps } from './integration-table.tsx'
import { RowMenu } from './row-menu.tsx'
import { ScopeBars } from './scope-bars.tsx'

export function IntegrationCards({
  items,
  selected,
  onSelect,
}: Pick<IntegrationTableProps, 'items' | 'selected' | 'onSelect'>) {
  return (
    <RowCards label={t.list.title}>
      {items.map((integration) => {
        const { id, name, client_id: clientId, tags, attention } = integration
        return (
          <li key={id}>
            <div className="row-card-head">
              {selected !== undefined && (
                <Tick
                  label={t.list.selectOne(name)}
                  isChecked={selected.has(id)}
                  onChange={() => onSelect(flipped(selected, id))}
                />
              )}
              <div>
                <NameLink {...integration} />
                {tags.length > 0 && (
                  <div>
                    <Tags tags={tags} />
                  </div>
                )}
              </div>
              <IntegrationStatus {...integration} />
              {selected !== undefined && <RowMenu integration={integration} />}
            </div>
            <AttentionPills reasons={attention} />
            <ScopeBars integration={integration} />
            <div className="row-card-line">
              <CopyText what={`client ID of ${name}`} value={clientId} />
              <Text span size="xs" c="dimmed">
                {t.list.columns.used}: <LastUsed {...integration} />
              </Text>
            </div>
          </li>
        )
      })}
    </RowCards>
  )
}

// The parts that a row and a card of the list have in common.
import { Text } from '@mantine/core'
import type { Integration } from 'latchkey/admin-api'
import { RelativeTime } from '../../components/relative-time.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { count } from '../../components/times.ts'
import { t } from '../../strings.ts'
import { HourBars } from './hour-bars.tsx'
import { total, wasRefusedLately } from './hours-of.ts'

export const NameLink = ({ id, name }: Pick<Integration, 'id' | 'name'>) => (
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
)

/**
 * Shows the tokens and the refusals of the last 24 hours. The refusals include token requests that the token endpoint
 * refused, and tokens that the server refused.
 */
export function LastHours({ hourly }: Pick<Integration, 'hourly'>) {
  const [requests, tokens] = [total(hourly.refused), total(hourly.denied)]
  return (
    <div className="hours">
      <HourBars hourly={hourly} />
      <div>
        <Text size="13px" lh={1.4}>
          {count(total(hourly.issued))}
        </Text>
        {requests + tokens > 0 && (
          <Text
            size="xs"
            lh={1.4}
            {...(wasRefusedLately(hourly) ? { c: 'var(--lk-danger)', fw: 550 } : { c: 'dimmed' })}
            title={t.list.refusals(count(requests), count(tokens))}
            style={{ whiteSpace: 'nowrap' }}
          >
            {t.list.refused(count(requests + tokens))}
          </Text>
        )}
      </div>
    </div>
  )
}

export const LastUsed = ({ last_used: lastUsed }: Pick<Integration, 'last_used'>) =>
  lastUsed === null ? (
    <Text span size="13px" lh={1.4} c="dimmed">
      {t.list.never}
    </Text>
  ) : (
    <RelativeTime time={lastUsed.at} />
  )

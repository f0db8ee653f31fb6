// The facts about one trusted issuer, in the table, in the cards and on its page.
import { Text } from '@mantine/core'
import type { TrustedIssuer } from 'latchkey/admin-api'
import { RelativeTime } from '../../components/relative-time.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { StatusWord, type Tone } from '../../components/status-word.tsx'
import { useNow } from '../../components/use-now.ts'
import { issuerKeysText, issuersText as words } from '../../strings/issuers.ts'
import { type KeyCondition, keyCondition } from './key-condition.ts'

export interface IssuerProps {
  readonly issuer: TrustedIssuer
}

export const IssuerName = ({ issuer: { id, name, url } }: IssuerProps) => (
  <>
    <RouterLink to="/settings/trusted-issuers/$id" params={{ id }} fw={600} size="sm" className="wrap">
      {name}
    </RouterLink>
    <Text size="sm" c="dimmed" className="wrap">
      {url}
    </Text>
  </>
)

export const IssuerStatus = ({ issuer: { enabled } }: IssuerProps) => (
  <StatusWord tone={enabled ? 'ok' : 'quiet'}>{enabled ? words.status.enabled : words.status.disabled}</StatusWord>
)

const TONES: Readonly<Record<KeyCondition, Tone>> = {
  inline: 'ok',
  waiting: 'quiet',
  fresh: 'ok',
  old: 'quiet',
  stale: 'warning',
  none: 'danger',
}

export function KeyWord({ issuer }: IssuerProps) {
  const condition = keyCondition(issuer, useNow())
  return <StatusWord tone={TONES[condition]}>{words.keyStates[condition]}</StatusWord>
}

/** Shows the source of the keys, their number and state, and why the last fetch failed. */
export function IssuerKeys({ issuer }: IssuerProps) {
  const {
    keys,
    key_state: { fetched_at: fetchedAt, last_error: fault, kids },
  } = issuer
  return (
    <>
      <KeyWord issuer={issuer} />
      <Text size="sm" c="dimmed" mt={2}>
        {words.sources[keys.source]}
        {kids.length > 0 && ` · ${words.keyCount(kids.length)}`}
        {fetchedAt !== null && (
          <>
            {' · '}
            <RelativeTime time={fetchedAt} />
          </>
        )}
      </Text>
      {fault !== null && (
        <Text size="sm" className="wrap">
          {issuerKeysText.faults[fault] ?? fault}
        </Text>
      )}
    </>
  )
}

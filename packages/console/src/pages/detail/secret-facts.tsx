// One secret: the button to show it, its last use and, during a rotation, its end.
import { Group, Text } from '@mantine/core'
import type { Integration, IntegrationSecret } from 'latchkey/admin-api'
import { RelativeTime } from '../../components/relative-time.tsx'
import { StatusWord } from '../../components/status-word.tsx'
import { clock } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { t } from '../../strings.ts'
import { EndCredential } from './end-credential.tsx'
import { RevealSecret } from './reveal-secret.tsx'

export interface SecretFactsProps {
  readonly integration: Integration
  readonly secret: IntegrationSecret
  /** `only` is the one secret that works. During a rotation one secret is `current` and the other is `old`. */
  readonly role: 'only' | 'current' | 'old'
}

export function SecretFacts({ integration, secret, role }: SecretFactsProps) {
  const words = t.detail.credentials
  const now = useNow()
  const { last_used: used, ends_at: endsAt, created_at: createdAt } = secret
  return (
    <section className={role === 'old' ? 'old-secret' : undefined} aria-label={words.titles[role]}>
      {role !== 'only' && (
        <Group justify="space-between" mb={8}>
          {role === 'current' ? (
            <StatusWord tone="ok">{words.current}</StatusWord>
          ) : (
            <span role="timer" aria-live="off">
              <StatusWord tone="warning">{oldStatus(endsAt, now)}</StatusWord>
            </span>
          )}
          {role === 'old' && <EndCredential integration={integration} credential={{ ...secret, kind: 'secret' }} />}
        </Group>
      )}
      <dl className="facts">
        <dt>{words.titles[role]}</dt>
        <dd>
          <RevealSecret integrationId={integration.id} secret={secret} />
        </dd>
        <dt>{words.created}</dt>
        <dd>
          <RelativeTime time={createdAt} />
        </dd>
        <dt>{words.lastUsed}</dt>
        <dd>
          {used === null ? (
            words.neverUsed
          ) : (
            <>
              <RelativeTime time={used.at} />
              <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {used.address} {used.user_agent}
              </Text>
            </>
          )}
        </dd>
        {role !== 'old' && endsAt !== null && (
          <>
            <dt>{words.ends}</dt>
            <dd>
              <RelativeTime time={endsAt} />
            </dd>
          </>
        )}
        {role === 'old' && <Retirement safe={secret.safe_to_retire} />}
      </dl>
    </section>
  )
}

const oldStatus = (endsAt: string | null, now: number): string =>
  endsAt === null ? t.detail.credentials.old : t.detail.credentials.oldEnds(clock(Date.parse(endsAt) - now))

function Retirement({ safe }: { readonly safe: IntegrationSecret['safe_to_retire'] }) {
  const words = t.detail.credentials
  return (
    <>
      <dt>{words.safe}</dt>
      <dd>
        {safe.verdict === 'yes' ? (
          <StatusWord tone="ok">{words.verdicts.yes}</StatusWord>
        ) : (
          <Text fw={600} size="sm">
            {words.verdicts[safe.verdict]}
          </Text>
        )}
        <Text size="sm" c="dimmed">
          {safe.why}
        </Text>
      </dd>
    </>
  )
}

// One secret: the button to show it, its last use and its end.
import { Button, Group, Text } from '@mantine/core'
import type { IntegrationSecret } from 'latchkey/admin-api'
import { useState } from 'react'
import { useEndSecret } from '../../api/use-acts.ts'
import { useMay } from '../../api/use-session.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { StatusWord } from '../../components/status-word.tsx'
import { relative } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { t } from '../../strings.ts'
import { RevealSecret } from './reveal-secret.tsx'

export interface SecretFactsProps {
  readonly integrationId: string
  readonly secret: IntegrationSecret
  readonly title: string
  readonly isOnly: boolean
}

export function SecretFacts({ integrationId, secret, title, isOnly }: SecretFactsProps) {
  const words = t.detail.credentials
  const now = useNow()
  const mayEdit = useMay('editor')
  const [isEnding, setEnding] = useState(false)
  const end = useEndSecret(integrationId)
  const { last_used: used, safe_to_retire: safe, ends_at: endsAt } = secret
  const lastUse =
    used === null ? t.detail.banner.oldUnused : t.detail.banner.oldUsed(relative(used.at, now), used.address)
  return (
    <>
      <dl className="facts">
        <dt>{title}</dt>
        <dd>
          <RevealSecret integrationId={integrationId} secret={secret} />
        </dd>
        <dt>{words.created}</dt>
        <dd>
          <RelativeTime time={secret.created_at} />
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
        {endsAt !== null && (
          <>
            <dt>{words.ends}</dt>
            <dd>
              <RelativeTime time={endsAt} />
            </dd>
          </>
        )}
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
      </dl>
      {mayEdit && (!isOnly || endsAt !== null) && (
        <Group>
          <Button size="xs" variant="default" onClick={() => setEnding(true)}>
            {words.end}
          </Button>
        </Group>
      )}
      <ConfirmDialog
        opened={isEnding}
        title={words.endTitle}
        verb={words.end}
        isDangerous
        act={end}
        onConfirm={() => end.mutate(secret.id, { onSuccess: () => setEnding(false) })}
        onClose={() => setEnding(false)}
      >
        <Text>{words.endEffect(lastUse)}</Text>
        {isOnly && <Text fw={600}>{words.endLast}</Text>}
      </ConfirmDialog>
    </>
  )
}

// The live token of each scope with a countdown, its requesters and the button that revokes it.
import { Button, Divider, Group, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { useState } from 'react'
import type { CountedSlot } from '../../api/counted-slot.ts'
import { historyQuery, slotsQuery } from '../../api/queries.ts'
import { useRevokeToken } from '../../api/use-acts.ts'
import { useMay } from '../../api/use-session.ts'
import { Card } from '../../components/card.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { CopyText } from '../../components/copy-text.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { clock, count, duration } from '../../components/times.ts'
import { TokenBar } from '../../components/token-left.tsx'
import { useNow } from '../../components/use-now.ts'
import { t } from '../../strings.ts'
import { RequesterList } from './requester-list.tsx'

export function LiveTokenCards({ integration }: { readonly integration: Integration }) {
  const slots = useQuery(slotsQuery(integration.client_id))
  return (
    <Card title={t.detail.live.title}>
      {slots.isPending && <Skeleton h={160} />}
      {slots.isError && slots.data === undefined && (
        <ProblemAlert title={t.detail.failed} error={slots.error} onRetry={() => void slots.refetch()} />
      )}
      {(slots.data ?? []).map((slot, index) => (
        <Stack key={slot.scope} gap="sm">
          {index > 0 && <Divider />}
          <SlotPart slot={slot} name={integration.name} />
        </Stack>
      ))}
    </Card>
  )
}

function SlotPart({ slot, name }: { readonly slot: CountedSlot; readonly name: string }) {
  const words = t.detail.live
  const now = useNow()
  const mayEdit = useMay('editor')
  const [isAsking, setAsking] = useState(false)
  const revoke = useRevokeToken(slot.integration_id)
  const { data: history } = useQuery(historyQuery(slot.client_id, slot.scope))
  const { live, scope, in_grace: grace } = slot
  const issuance = history?.history.find(({ generation }) => generation === live?.generation)
  return (
    <section aria-label={scope}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Text fw={600} className="mono">
            {scope}
          </Text>
          {live === null || live.endsAtMs <= now ? (
            <>
              <Text>{words.none}</Text>
              <Text size="sm" c="dimmed">
                {words.noneLine(String(slot.generation))}
              </Text>
            </>
          ) : (
            <div className="countdown" role="timer" aria-live="off" aria-label={words.left}>
              {clock(live.endsAtMs - now)}
            </div>
          )}
        </div>
        {mayEdit && live !== null && (
          <Button
            size="xs"
            variant="default"
            flex="none"
            aria-label={words.revokeOf(scope)}
            onClick={() => setAsking(true)}
          >
            {words.revoke}
          </Button>
        )}
      </Group>
      {live !== null && live.endsAtMs > now && (
        <>
          <TokenBar token={live} label={`${name}, ${scope}`} />
          <dl className="facts" style={{ marginTop: 12 }}>
            <dt>{words.issued}</dt>
            <dd>
              <RelativeTime time={live.issued_at} />
            </dd>
            <dt>{words.generation}</dt>
            <dd>#{count(live.generation)}</dd>
            <dt>{words.jti}</dt>
            <dd>
              <CopyText what="token ID" value={live.jti} />
            </dd>
            {issuance !== undefined && (
              <>
                <dt>{words.requesters}</dt>
                <dd>
                  <RequesterList integrationId={slot.integration_id} requesters={issuance.requesters} />
                </dd>
                {issuance.handed_to.length > 0 && (
                  <>
                    <dt>{words.handedTo}</dt>
                    <dd>
                      <RequesterList integrationId={slot.integration_id} requesters={issuance.handed_to} />
                    </dd>
                  </>
                )}
              </>
            )}
          </dl>
        </>
      )}
      {grace !== null && Date.parse(grace.accepted_until) > now && (
        <Text size="sm">
          {words.graceLine(count(grace.generation), duration(Date.parse(grace.accepted_until) - now))}
        </Text>
      )}
      <ConfirmDialog
        opened={isAsking}
        title={words.revokeTitle}
        verb={words.revoke}
        isDangerous
        act={revoke}
        onConfirm={() => revoke.mutate(scope, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      >
        <Text>{words.revokeEffect(scope)}</Text>
      </ConfirmDialog>
    </section>
  )
}

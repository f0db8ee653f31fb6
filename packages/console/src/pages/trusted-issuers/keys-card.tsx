// The keys of a trusted issuer in the memory of the server that answered, and the button that fetches them.
import { Button, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import type { TrustedIssuer } from 'latchkey/admin-api'
import { useFetchKeys } from '../../api/platform-acts.ts'
import { useMay } from '../../api/use-session.ts'
import { announce } from '../../components/announce.ts'
import { Banner } from '../../components/banner.tsx'
import { Card } from '../../components/card.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { t } from '../../strings.ts'
import { issuerKeysText as words, issuersText } from '../../strings/issuers.ts'
import { KeyWord } from './issuer-facts.tsx'

export function KeysCard({ issuer }: { readonly issuer: TrustedIssuer }) {
  const mayFetch = useMay('editor')
  const fetchKeys = useFetchKeys()
  const { id, keys, key_state: state } = issuer
  const isFetched = keys.source !== 'inline'
  const act = () =>
    fetchKeys.mutate(id, {
      onSuccess: ({ last_error: fault, kids }) => {
        announce(fault === null ? words.fetchedNow(issuersText.keyCount(kids.length)) : words.notFetched)
      },
    })
  return (
    <Card
      title={words.title}
      actions={
        mayFetch &&
        isFetched && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden />}
            loading={fetchKeys.isPending}
            onClick={act}
          >
            {words.fetchNow}
          </Button>
        )
      }
    >
      <Text size="sm" c="dimmed" maw={760}>
        {isFetched ? words.line : words.inlineLine}
      </Text>
      {fetchKeys.error !== null && <ProblemAlert title={t.problem.notDone} error={fetchKeys.error} />}
      {state.last_error !== null && (
        <Banner tone={state.kids.length > 0 ? 'warning' : 'danger'} title={words.notFetched}>
          {words.faults[state.last_error] ?? state.last_error}
        </Banner>
      )}
      <dl className="facts">
        <dt>{words.source}</dt>
        <dd className="wrap">
          {keys.source === 'jwks_uri' ? keys.uri : issuersText.sources[keys.source]} <KeyWord issuer={issuer} />
        </dd>
        <dt>{words.keyIds}</dt>
        <dd>
          {state.kids.length === 0
            ? words.noKeys
            : state.kids.map((kid) => (
                <div key={kid} className="mono wrap">
                  {kid}
                </div>
              ))}
        </dd>
        {isFetched && <FetchFacts state={state} />}
      </dl>
    </Card>
  )
}

function FetchFacts({ state }: { readonly state: TrustedIssuer['key_state'] }) {
  const { fetched_at: fetchedAt, fresh_until: freshUntil, last_error: fault } = state
  return (
    <>
      <dt>{words.fetched}</dt>
      <dd>{fetchedAt === null ? words.never : <RelativeTime time={fetchedAt} />}</dd>
      {freshUntil !== null && (
        <>
          <dt>{words.freshUntil}</dt>
          <dd>
            <RelativeTime time={freshUntil} />
          </dd>
        </>
      )}
      <dt>{words.error}</dt>
      <dd>{fault ?? words.noError}</dd>
    </>
  )
}

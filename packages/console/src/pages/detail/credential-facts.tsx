// The facts about one credential, in the table and in the cards.
import { Button, Text } from '@mantine/core'
import { matcherText } from '@latchkey/protocol'
import type { KeyCredential, KeySource, TrustRule } from 'latchkey/admin-api'
import { useQuery } from '@tanstack/react-query'
import { issuersQuery } from '../../api/queries.ts'
import { CopyText } from '../../components/copy-text.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { StatusWord } from '../../components/status-word.tsx'
import { clock } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { authenticationText as words, endText } from '../../strings/authentication.ts'
import { t } from '../../strings.ts'
import { type AnyCredential, credentialName, short, shortId } from './any-credential.ts'

interface CredentialProps {
  readonly credential: AnyCredential
}

/** Shows the kind and the algorithm of a credential. */
export function CredentialTitle({ credential }: CredentialProps) {
  return (
    <Text size="sm" fw={600}>
      {credential.kind === 'key' ? `${words.kinds.key} · ${credential.alg}` : words.kinds[credential.kind]}
    </Text>
  )
}

/** Shows the IDs of a credential and, for a key, the longest lifetime of an assertion. */
export function CredentialNames({ credential }: CredentialProps) {
  return (
    <dl className="credential-names">
      {credential.kind === 'key' && <KeyFacts credential={credential} />}
      {credential.kind === 'jwks_uri' && <KeySourceFacts credential={credential} />}
      {credential.kind === 'trust' && <RuleFacts credential={credential} />}
      <dt>{words.id}</dt>
      <dd>
        <CopyText what={`ID ${credential.id}`} value={credential.id} shown={shortId(credential.id)} />
      </dd>
    </dl>
  )
}

function KeyFacts({
  credential: { kid, thumbprint, status, max_lifetime: seconds },
}: {
  readonly credential: KeyCredential
}) {
  return (
    <>
      <dt>{words.keyId}</dt>
      <dd>
        <CopyText what={`key ID ${kid}`} value={kid} shown={short(kid)} />
      </dd>
      {thumbprint !== null && thumbprint !== kid && (
        <>
          <dt>{words.thumbprint}</dt>
          <dd>
            <CopyText what={`thumbprint ${thumbprint}`} value={thumbprint} shown={short(thumbprint)} />
          </dd>
        </>
      )}
      {status !== 'ended' && (
        <>
          <dt>{words.assertions}</dt>
          <dd>{words.lifetime(seconds)}</dd>
        </>
      )}
    </>
  )
}

function KeySourceFacts({ credential: { uri, key_state: state } }: { readonly credential: KeySource }) {
  return (
    <>
      <dt>{words.keysFrom}</dt>
      <dd className="wrap">{uri}</dd>
      {state !== null && (
        <>
          <dt>{words.keys}</dt>
          <dd className="wrap">{state.kids.length === 0 ? words.noKeysYet : state.kids.join(', ')}</dd>
        </>
      )}
      {state !== null && state.last_error !== null && (
        <>
          <dt>{words.lastError}</dt>
          <dd>{state.last_error}</dd>
        </>
      )}
    </>
  )
}

function RuleFacts({ credential: { issuer: name, claims, note } }: { readonly credential: TrustRule }) {
  const { data: issuers } = useQuery(issuersQuery)
  const issuer = issuers?.find((known) => known.name === name)
  return (
    <>
      <dt>{words.issuer}</dt>
      <dd>
        {issuer === undefined ? (
          name
        ) : (
          <RouterLink to="/settings/trusted-issuers/$id" params={{ id: issuer.id }} size="sm">
            {name}
          </RouterLink>
        )}
      </dd>
      <dt>{words.claims}</dt>
      {claims.map(matcherText).map((text) => (
        <dd key={text} className="wrap">
          {text}
        </dd>
      ))}
      {note !== null && (
        <>
          <dt>{words.note}</dt>
          <dd className="wrap">{note}</dd>
        </>
      )}
    </>
  )
}

export function CredentialStatus({ credential }: CredentialProps) {
  const { status, ends_at: endsAt } = credential
  const now = useNow()
  const isRuleOff = useIsIssuerDisabled(credential)
  if (status !== 'ended' && isRuleOff) return <StatusWord tone="warning">{words.issuerDisabled}</StatusWord>
  if (status === 'active' || endsAt === null) return <StatusWord tone="ok">{words.works}</StatusWord>
  if (status === 'ending')
    return (
      <span role="timer" aria-live="off">
        <StatusWord tone="warning">{words.ends(clock(Date.parse(endsAt) - now))}</StatusWord>
      </span>
    )
  return (
    <div>
      <StatusWord tone="quiet">{words.ended}</StatusWord>
      <Text size="sm" c="dimmed" mt={2}>
        <RelativeTime time={endsAt} />
      </Text>
    </div>
  )
}

/** True for a trust rule whose issuer is disabled: the rule proves no workload. */
function useIsIssuerDisabled(credential: AnyCredential): boolean {
  const isRule = credential.kind === 'trust'
  const { data: issuers } = useQuery({ ...issuersQuery, enabled: isRule })
  return isRule && issuers?.find(({ name }) => name === credential.issuer)?.enabled === false
}

export function LastUse({ credential: { last_used: used } }: CredentialProps) {
  if (used === null) return <>{t.detail.credentials.neverUsed}</>
  return (
    <>
      <RelativeTime time={used.at} />
      <Text size="sm" c="dimmed" className="wrap">
        {used.address} {used.user_agent}
      </Text>
    </>
  )
}

/** Shows whether the server considers the credential safe to end. An ended credential has no such verdict. */
export function SafeToEnd({ credential: { status, safe_to_retire: safe } }: CredentialProps) {
  if (status === 'ended') return null
  const verdict = t.detail.credentials.verdicts[safe.verdict]
  return (
    <>
      {safe.verdict === 'yes' ? (
        <StatusWord tone="ok">{verdict}</StatusWord>
      ) : (
        <Text fw={600} size="sm">
          {verdict}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {safe.why}
      </Text>
    </>
  )
}

interface EndButtonProps extends CredentialProps {
  readonly onEnd: (credential: AnyCredential) => void
}

export function EndButton({ credential, onEnd }: EndButtonProps) {
  if (credential.status === 'ended') return null
  return (
    <Button
      size="xs"
      variant="default"
      flex="none"
      w="fit-content"
      aria-label={endText.verbOf(credentialName(credential))}
      onClick={() => onEnd(credential)}
    >
      {endText.verb}
    </Button>
  )
}

// The credentials of an integration as cards, for phones.
import { RelativeTime } from '../../components/relative-time.tsx'
import { RowCards } from '../../components/row-cards.tsx'
import { authenticationText as words } from '../../strings/authentication.ts'
import {
  CredentialNames,
  CredentialStatus,
  CredentialTitle,
  EndButton,
  LastUse,
  SafeToEnd,
} from './credential-facts.tsx'
import type { CredentialListProps } from './credential-table.tsx'

export function CredentialCards({ credentials, onEnd }: CredentialListProps) {
  const { columns } = words
  return (
    <RowCards label={words.title}>
      {credentials.map((credential) => (
        <li key={credential.id}>
          <div className="row-card-head">
            <CredentialTitle credential={credential} />
            <CredentialStatus credential={credential} />
          </div>
          <CredentialNames credential={credential} />
          <dl className="facts">
            <dt>{columns.created}</dt>
            <dd>
              <RelativeTime time={credential.created_at} />
            </dd>
            <dt>{columns.used}</dt>
            <dd>
              <LastUse credential={credential} />
            </dd>
            {credential.status !== 'ended' && (
              <>
                <dt>{columns.safe}</dt>
                <dd>
                  <SafeToEnd credential={credential} />
                </dd>
              </>
            )}
          </dl>
          {onEnd !== undefined && <EndButton credential={credential} onEnd={onEnd} />}
        </li>
      ))}
    </RowCards>
  )
}

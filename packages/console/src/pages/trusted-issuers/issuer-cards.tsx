// The trusted issuers as cards, for phones.
import { RowCards } from '../../components/row-cards.tsx'
import { issuerFormText, issuersText as words } from '../../strings/issuers.ts'
import { IssuerKeys, IssuerName, IssuerStatus } from './issuer-facts.tsx'
import type { IssuerListProps } from './issuer-table.tsx'

export function IssuerCards({ issuers }: IssuerListProps) {
  const { columns } = words
  return (
    <RowCards label={words.list}>
      {issuers.map((issuer) => (
        <li key={issuer.id}>
          <div className="row-card-head">
            <div>
              <IssuerName issuer={issuer} />
            </div>
            <IssuerStatus issuer={issuer} />
          </div>
          <dl className="facts">
            <dt>{columns.platform}</dt>
            <dd>{issuerFormText.platforms[issuer.platform]}</dd>
            <dt>{columns.keys}</dt>
            <dd>
              <IssuerKeys issuer={issuer} />
            </dd>
            <dt>{columns.used}</dt>
            <dd>{words.uses(issuer.used_by)}</dd>
          </dl>
        </li>
      ))}
    </RowCards>
  )
}

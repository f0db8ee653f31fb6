// The claims of the next token of a scope, without issuing it.
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { scopesQuery, serverQuery, slotsQuery } from '../../api/queries.ts'
import { Card } from '../../components/card.tsx'
import { ClaimTable } from '../../components/claim-table.tsx'
import { count } from '../../components/times.ts'
import { tryText as words } from '../../strings/try.ts'

export function PreviewCard({ integration, scope }: { readonly integration: Integration; readonly scope: string }) {
  const { client_id: clientId } = integration
  const { data: server } = useQuery(serverQuery)
  const { data: scopes } = useQuery(scopesQuery)
  const { data: slots } = useQuery(slotsQuery(clientId))
  const audience = scopes?.find(({ name }) => name === scope)?.audience
  const generation = slots?.find((slot) => slot.scope === scope)?.generation
  const claims = {
    iss: server?.issuer ?? words.unknownUntil,
    sub: clientId,
    client_id: clientId,
    cid: clientId,
    aud: audience ?? words.unknownUntil,
    iat: words.unknownUntil,
    exp: server === undefined ? words.unknownUntil : words.lifetime(count(server.token_lifetime_seconds)),
    jti: words.unknownUntil,
    scope,
    scp: [scope],
    gen: generation === undefined ? words.unknownUntil : `${generation + 1} or more`,
    ver: 1,
  }
  return (
    <Card title={words.preview}>
      <details>
        <summary>{words.previewLine}</summary>
        <ClaimTable title={words.preview} claims={claims} />
      </details>
    </Card>
  )
}

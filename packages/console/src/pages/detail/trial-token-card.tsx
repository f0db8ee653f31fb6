// A token that was requested on this page: its state (live, superseded, expired…), its claims, and the answer of the
// verify endpoint.
import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useId } from 'react'
import { ClaimTable } from '../../components/claim-table.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { type DecodedToken, decodeToken } from '../../components/decode-token.ts'
import { count } from '../../components/times.ts'
import { tryText as words } from '../../strings/try.ts'
import { TokenWorth, useWorth } from './token-worth.tsx'
import { VerifyAnswer } from './verify-answer.tsx'

/** A token that only this page keeps, until the operator leaves it. */
export interface TrialTokenText {
  readonly jti: string
  readonly generation: number
  readonly text: string
}

export interface TrialTokenCardProps {
  readonly token: TrialTokenText
  readonly clientId: string
  readonly isNewest: boolean
}

export function TrialTokenCard(props: TrialTokenCardProps) {
  const decoded = decodeToken(props.token.text)
  return decoded === undefined ? null : <DecodedTokenCard {...props} decoded={decoded} />
}

function DecodedTokenCard({
  token: { text, generation },
  decoded,
  clientId,
  isNewest,
}: TrialTokenCardProps & { readonly decoded: DecodedToken }) {
  const id = useId()
  const worth = useWorth(decoded, clientId)
  const { header, claims } = decoded
  return (
    <Paper component="section" aria-labelledby={id} withBorder p="md">
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <Title order={3} id={id}>
            {words.token(count(generation))}
          </Title>
          <Group gap={4} wrap="nowrap">
            <Text size="sm" c="dimmed">
              {words.copyToken}
            </Text>
            <CopyButton what={`access token #${generation}`} value={text} />
          </Group>
        </Group>
        <TokenWorth token={decoded} clientId={clientId} />
        <VerifyAnswer token={text} scope={String(claims['scope'])} worth={worth} />
        <details open={isNewest}>
          <summary>{words.says}</summary>
          <Stack gap="sm" mt="sm">
            <ClaimTable title={words.claimsOf(count(generation))} claims={claims} />
            <ClaimTable title={words.headerOf(count(generation))} claims={header} heading={words.headerMember} />
          </Stack>
        </details>
      </Stack>
    </Paper>
  )
}

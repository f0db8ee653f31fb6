// The callers that requested a token: addresses, programs and credentials.
import { Text } from '@mantine/core'
import type { Requester } from 'latchkey/admin-api'
import { activityText } from '../../strings/detail.ts'
import { provenName } from './requester-name.ts'
import { useCredentials } from './use-credentials.ts'

export interface RequesterListProps {
  readonly integrationId: string
  readonly requesters: readonly Requester[]
}

export function RequesterList({ integrationId, requesters }: RequesterListProps) {
  const { credentials = [] } = useCredentials(integrationId)
  if (requesters.length === 0) return <>{activityText.nobody}</>
  return (
    <>
      {requesters.map((requester) => (
        <Text key={requester.address + requester.user_agent + requester.credential_id} size="sm" className="wrap">
          {provenName(requester, credentials)}
        </Text>
      ))}
    </>
  )
}

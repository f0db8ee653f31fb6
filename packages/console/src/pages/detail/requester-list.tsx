// The callers that requested a token: addresses and programs.
import { Text } from '@mantine/core'
import type { Requester } from 'latchkey/admin-api'
import { activityText } from '../../strings/detail.ts'
import { requesterName } from './requester-name.ts'

export function RequesterList({ requesters }: { readonly requesters: readonly Requester[] }) {
  if (requesters.length === 0) return <>{activityText.nobody}</>
  return (
    <>
      {requesters.map((requester) => (
        <Text key={requester.address + requester.user_agent + requester.credential_id} size="sm" className="wrap">
          {requesterName(requester)}
        </Text>
      ))}
    </>
  )
}

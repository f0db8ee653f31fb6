// The requests that the server refused while the page waits for the first token.
import { Stack, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { hearEvents } from '../../api/live-connection.ts'
import { announce } from '../../components/announce.ts'
import { localTime } from '../../components/times.ts'
import { refusalSentence } from '../../strings/refusals.ts'
import { setUpText } from '../../strings/set-up.ts'
import { type Attempt, withRefusal } from './refused-attempts.ts'

export function RefusedRequests({ clientId }: { readonly clientId: string }) {
  const words = setUpText.request
  const attempts = useAttempts(clientId)
  const [newest] = attempts
  const said = newest && words.refusedNow(refusalSentence(newest.reason))
  useEffect(() => {
    if (said !== undefined) announce(said)
  }, [said])
  if (attempts.length === 0) return null
  return (
    <Stack gap="xs">
      {attempts.map(({ id, at, reason, address }) => (
        <div key={id}>
          <Text size="sm" c="dimmed">
            {words.refused(localTime(Date.parse(at)), address)}
          </Text>
          <Text size="sm" c="var(--lk-danger)">
            {refusalSentence(reason)}
          </Text>
        </div>
      ))}
    </Stack>
  )
}

function useAttempts(clientId: string): readonly Attempt[] {
  const [attempts, setAttempts] = useState<readonly Attempt[]>([])
  useEffect(
    () =>
      hearEvents((event) => {
        if (event.name === 'refusal') setAttempts((before) => withRefusal(before, event.data, clientId))
      }),
    [clientId],
  )
  return attempts
}

// The standing of a token (live, superseded, expired…) by the last data of the server, updated each second.
import { Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { CountedSlot } from '../../api/counted-slot.ts'
import { slotsQuery } from '../../api/queries.ts'
import type { DecodedToken } from '../../components/decode-token.ts'
import { StatusWord, type Tone } from '../../components/status-word.tsx'
import { clock } from '../../components/times.ts'
import { TokenBar } from '../../components/token-left.tsx'
import { useNow } from '../../components/use-now.ts'
import { tryText as words } from '../../strings/try.ts'
import { type Worth, worthOf } from './worth-of.ts'

export const WORTH_TONES: Readonly<Record<Worth, Tone>> = {
  live: 'ok',
  grace: 'warning',
  superseded: 'danger',
  ended: 'danger',
  expired: 'quiet',
  unknown: 'quiet',
}

/** Returns the standing of a token, updated each second. Undefined until the server has sent the slots. */
export function useWorth(token: DecodedToken, clientId: string): Worth | undefined {
  const now = useNow()
  const { data: slots } = useQuery(slotsQuery(clientId))
  return slots && worthOf(token, slotOf(slots, token), now)
}

const slotOf = (slots: readonly CountedSlot[], { claims }: DecodedToken): CountedSlot | undefined =>
  slots.find(({ scope }) => scope === claims['scope'])

export function TokenWorth({ token, clientId }: { readonly token: DecodedToken; readonly clientId: string }) {
  const now = useNow()
  const { data: slots } = useQuery(slotsQuery(clientId))
  const worth = useWorth(token, clientId)
  if (slots === undefined || worth === undefined) return null
  const slot = slotOf(slots, token)
  return (
    <>
      <div role="status" aria-live="polite" aria-atomic="true">
        <Group gap="sm">
          <StatusWord tone={WORTH_TONES[worth]}>{words.verdicts[worth]}</StatusWord>
          <Text size="sm">{words.notes[worth]}</Text>
        </Group>
      </div>
      {worth === 'live' && slot?.live && (
        <>
          <div className="countdown" role="timer" aria-live="off" aria-label={words.left}>
            {clock(slot.live.endsAtMs - now)}
          </div>
          <TokenBar token={slot.live} label={slot.scope} />
        </>
      )}
    </>
  )
}

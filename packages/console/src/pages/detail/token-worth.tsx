// What a token is worth by what the server knows of its scope, from second to second.
import { Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type CountedSlot, slotsQuery } from '../../api/queries.ts'
import type { DecodedToken } from '../../components/decode-token.ts'
import { StatusWord } from '../../components/status-word.tsx'
import { clock } from '../../components/times.ts'
import { TokenBar } from '../../components/token-left.tsx'
import { useNow } from '../../components/use-now.ts'
import { tryText as words } from '../../strings/try.ts'

type Worth = keyof typeof words.verdicts

const TONES = {
  live: 'ok',
  grace: 'warning',
  superseded: 'danger',
  ended: 'danger',
  expired: 'quiet',
  unknown: 'quiet',
} as const

export function TokenWorth({ token, clientId }: { readonly token: DecodedToken; readonly clientId: string }) {
  const now = useNow()
  const { data: slots } = useQuery(slotsQuery(clientId))
  if (slots === undefined) return null
  const slot = slots.find(({ scope }) => scope === token.claims['scope'])
  const worth = worthOf(token, slot, now)
  return (
    <>
      <div role="status" aria-live="polite" aria-atomic="true">
        <Group gap="sm">
          <StatusWord tone={TONES[worth]}>{words.verdicts[worth]}</StatusWord>
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

function worthOf({ claims }: DecodedToken, slot: CountedSlot | undefined, now: number): Worth {
  const { jti, gen, exp } = claims
  if (slot === undefined || typeof gen !== 'number' || gen > slot.generation) return 'unknown'
  if (slot.live?.jti === jti && slot.live?.generation === gen) return slot.live.endsAtMs > now ? 'live' : 'expired'
  if (slot.in_grace !== null && slot.in_grace.jti === jti && Date.parse(slot.in_grace.accepted_until) > now)
    return 'grace'
  if (typeof exp === 'number' && exp * 1000 <= now) return 'expired'
  return slot.live !== null && gen < slot.live.generation ? 'superseded' : 'ended'
}

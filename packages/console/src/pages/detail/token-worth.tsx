// The standing of a token by the server's data about its slot, updated each second.
import { Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { slotsQuery } from '../../api/queries.ts'
import type { DecodedToken } from '../../components/decode-token.ts'
import { StatusWord, type Tone } from '../../components/status-word.tsx'
import { clock } from '../../components/times.ts'
import { TokenBar } from '../../components/token-left.tsx'
import { useNow } from '../../components/use-now.ts'
import { tryText as words } from '../../strings/try.ts'
import { type Worth, worthOf } from './worth-of.ts'

const TONES: Readonly<Record<Worth, Tone>> = {
  live: 'ok',
  grace: 'warning',
  superseded: 'danger',
  ended: 'danger',
  expired: 'quiet',
  unknown: 'quiet',
}

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

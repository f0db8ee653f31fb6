// The remaining lifetime of a live token, as a time and as a bar.
import { Text } from '@mantine/core'
import { type CountedToken, shareLeft } from '../api/counted-slot.ts'
import { clock } from './times.ts'
import { useNow } from './use-now.ts'

const LATE_SHARE = 0.2

interface TokenLeftProps {
  readonly token: CountedToken
  /** The label: the name of the integration, and its scope if it has several. */
  readonly label: string
}

export function TokenBar({ token, label }: TokenLeftProps) {
  const share = shareLeft(token, useNow())
  const percent = Math.round(share * 100)
  return (
    <div
      className="bar"
      data-late={share < LATE_SHARE}
      role="progressbar"
      aria-label={`${label}: live token, share of lifetime left`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <span style={{ width: `${percent}%` }} />
    </div>
  )
}

export function TokenLeft({ token, label }: TokenLeftProps) {
  const left = token.endsAtMs - useNow()
  return (
    <>
      <Text size="sm" aria-live="off" style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
        {left > 0 ? `${clock(left)} left` : 'Expired'}
      </Text>
      <TokenBar token={token} label={label} />
    </>
  )
}

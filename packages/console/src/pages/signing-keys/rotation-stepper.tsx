// Where a rotation of the signing key is, with what is waited for counted down.
import { Stack, Stepper, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { SigningKey } from 'latchkey/admin-api'
import { clock, duration } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { signingKeysText as words } from '../../strings/platform.ts'

const WAIT = 1
const RETIRE = 3

export function RotationStepper({ keys }: { readonly keys: readonly SigningKey[] }) {
  const now = useNow()
  const isNarrow = useMediaQuery('(max-width: 62em)')
  const next = keys.find(({ status }) => status === 'next')
  const signing = keys.find(({ status }) => status === 'signing')
  // The last to leave: until then the rotation is not over.
  const [leaving] = keys
    .flatMap(({ status, accepted_until: until }) => (status === 'retired' && until !== null ? [Date.parse(until)] : []))
    .filter((until) => until > now)
    .toSorted((one, other) => other - one)
  if (next === undefined && leaving === undefined)
    return <Text>{words.idle(duration(now - Date.parse(signing?.signs_from ?? '')))}</Text>
  const { steps } = words
  const [active, left, tell] =
    next === undefined
      ? [RETIRE, (leaving ?? now) - now, steps.retireLeft]
      : [WAIT, Date.parse(next.signs_from) - now, steps.waitLeft]
  const step = (index: number, label: string, line: string) => (
    <Stepper.Step
      label={label}
      description={line}
      // Stands in the list of steps, and leads nowhere.
      allowStepSelect={false}
      {...(index === active && { 'aria-current': 'step' as const })}
    />
  )
  return (
    <Stack gap="sm">
      <Stepper
        active={active}
        orientation={isNarrow === true ? 'vertical' : 'horizontal'}
        size="sm"
        wrap
        styles={{ stepDescription: { maxWidth: '9.5rem', lineHeight: 1.4 } }}
      >
        {step(0, steps.publish, steps.publishLine)}
        {step(WAIT, steps.wait, steps.waitLine)}
        {step(2, steps.sign, steps.signLine)}
        {step(RETIRE, steps.retire, steps.retireLine)}
      </Stepper>
      <Text role="timer" aria-live="off" fw={600} style={{ fontVariantNumeric: 'tabular-nums' }}>
        {tell(clock(left))}
      </Text>
    </Stack>
  )
}

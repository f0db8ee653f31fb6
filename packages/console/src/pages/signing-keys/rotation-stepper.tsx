// The steps of a rotation of the signing key, with a countdown to the next one.
import '@mantine/core/styles/Stepper.css'
import { Stack, Stepper, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { SigningKey } from 'latchkey/admin-api'
import { clock, duration } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { signingKeysText as words } from '../../strings/platform.ts'
import { rotationStep } from './rotation-step.ts'

const WAIT = 1
const RETIRE = 3

export function RotationStepper({ keys }: { readonly keys: readonly SigningKey[] }) {
  const now = useNow()
  const isNarrow = useMediaQuery('(max-width: 62em)')
  const rotation = rotationStep(keys, now)
  if (rotation.step === 'idle')
    return rotation.sinceMs === undefined ? null : <Text>{words.idle(duration(rotation.sinceMs))}</Text>
  const { steps } = words
  const [active, tell] = rotation.step === 'wait' ? [WAIT, steps.waitLeft] : [RETIRE, steps.retireLeft]
  const step = (index: number, label: string, line: string) => (
    <Stepper.Step
      label={label}
      description={line}
      // Shows the step as an item of a list instead of a button.
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
        {tell(clock(rotation.leftMs))}
      </Text>
    </Stack>
  )
}

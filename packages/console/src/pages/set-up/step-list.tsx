// The five steps, with a tick at each completed one.
import { Group, SimpleGrid, Text } from '@mantine/core'
import { IconCircle, IconCircleCheckFilled, IconCircleDot } from '@tabler/icons-react'
import { setUpText } from '../../strings/set-up.ts'

/** `step` counts from 0; 5 is past the last. */
export function StepList({ step }: { readonly step: number }) {
  return (
    <SimpleGrid component="ol" cols={{ base: 1, xs: 2, sm: 5 }} spacing="xs" m={0} p={0} style={{ listStyle: 'none' }}>
      {setUpText.steps.map((title, index) => {
        const state = index < step ? 'done' : index === step ? 'now' : 'later'
        const Icon = { done: IconCircleCheckFilled, now: IconCircleDot, later: IconCircle }[state]
        const color = { done: 'var(--lk-ok)', now: 'var(--mantine-color-anchor)', later: 'var(--mantine-color-dimmed)' }
        return (
          <li key={title} {...(state === 'now' && { 'aria-current': 'step' as const })}>
            <Group gap={6} wrap="nowrap" align="flex-start">
              <Icon
                size={20}
                style={{ flexShrink: 0 }}
                color={color[state]}
                role="img"
                aria-label={setUpText.stepOf(index + 1, title, setUpText.states[state])}
              />
              <Text size="sm" fw={state === 'now' ? 700 : 400} aria-hidden>
                {title}
              </Text>
            </Group>
          </li>
        )
      })}
    </SimpleGrid>
  )
}

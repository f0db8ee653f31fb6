// The checks of an assertion in the order of the token endpoint, and each claim of the trust rules.
import { Stack, Text } from '@mantine/core'
import { matcherText } from '@latchkey/protocol'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import type { TrustVerdict } from 'latchkey/admin-api'
import { testText as words } from '../../strings/trust.ts'

export function TrustChecks({ verdict: { checks, rules } }: { readonly verdict: TrustVerdict }) {
  return (
    <Stack>
      <section aria-label={words.checks}>
        <Text fw={600} size="sm" mb={4}>
          {words.checks}
        </Text>
        <ul className="checks">
          {checks.map(({ check, ...outcome }) => (
            <Outcome key={check} what={words.names[check] ?? check} {...outcome} />
          ))}
        </ul>
      </section>
      {rules.map(({ credential_id: id, claims }) => (
        <section key={id} aria-label={words.rule(id)}>
          <Text fw={600} size="sm" mb={4} className="wrap">
            {words.rule(id)}
          </Text>
          <ul className="checks">
            {claims.map(({ passed, found, ...matcher }) => (
              <Outcome key={matcherText(matcher)} what={matcherText(matcher)} passed={passed} found={found} />
            ))}
          </ul>
        </section>
      ))}
    </Stack>
  )
}

interface OutcomeProps {
  readonly what: string
  readonly passed: boolean
  readonly found: string
  /** The expected value. Undefined if `what` already names it. */
  readonly expected?: string
}

function Outcome({ what, passed, found, expected }: OutcomeProps) {
  const Mark = passed ? IconCircleCheck : IconCircleX
  return (
    <li>
      <Mark
        size={18}
        role="img"
        aria-label={passed ? words.passed : words.failed}
        color={passed ? 'var(--lk-ok)' : 'var(--lk-danger)'}
      />
      <div className="wrap">
        <Text size="sm" fw={600}>
          {what}
        </Text>
        <Text size="sm" c="dimmed">
          {words.found(found)}
        </Text>
        {!passed && expected !== undefined && <Text size="sm">{words.expected(expected)}</Text>}
      </div>
    </li>
  )
}

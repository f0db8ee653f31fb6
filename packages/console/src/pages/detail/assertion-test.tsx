// Tests an assertion of a platform against the integration. The assertion stays in the field alone.
import { Button, Modal, Stack, Text } from '@mantine/core'
import { matcherText } from '@latchkey/protocol'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import type { Integration, TrustVerdict } from 'latchkey/admin-api'
import { useEffect, useRef, useState } from 'react'
import { useTestTrust } from '../../api/use-acts.ts'
import { Banner } from '../../components/banner.tsx'
import { CodeField } from '../../components/code-field.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { testText as words } from '../../strings/trust.ts'
import { t } from '../../strings.ts'

export interface AssertionTestProps {
  readonly integration: Pick<Integration, 'client_id'>
  readonly opened: boolean
  readonly onClose: () => void
}

export function AssertionTest({ integration: { client_id: clientId }, opened, onClose }: AssertionTestProps) {
  const [text, setText] = useState('')
  const [isTried, setTried] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const test = useTestTrust()
  useEffect(() => {
    // An assertion is a secret until it expires, so it does not outlive the dialog.
    test.reset()
    setText('')
    setTried(false)
  }, [opened])
  const submit = () => {
    setTried(true)
    if (text.trim() === '') return field.current?.focus()
    test.mutate({ assertion: text.trim(), integration: clientId })
  }
  return (
    <Modal opened={opened} onClose={onClose} title={words.title} size="xl">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!test.isPending) submit()
        }}
      >
        <Stack>
          <Text>{words.line}</Text>
          <CodeField
            ref={field}
            data-autofocus
            label={words.assertion}
            description={words.assertionHint}
            aria-required
            minRows={3}
            maxRows={6}
            autoComplete="off"
            error={isTried && text.trim() === '' ? words.missing : undefined}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value)
              test.reset()
            }}
          />
          <Button type="submit" w="fit-content" loading={test.isPending}>
            {words.verb}
          </Button>
          {test.error !== null && <ProblemAlert title={t.problem.notDone} error={test.error} />}
          <div aria-live="polite">{test.data !== undefined && <Verdict verdict={test.data} />}</div>
        </Stack>
      </form>
    </Modal>
  )
}

function Verdict({ verdict: { accepted, reason, subject, checks, rules } }: { readonly verdict: TrustVerdict }) {
  return (
    <Stack>
      <Banner tone={accepted ? 'info' : 'danger'} title={accepted ? words.accepted : words.refused(reason ?? '')}>
        {accepted && subject !== null ? words.proves(subject) : words.refusedLine}
      </Banner>
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
  /** Undefined if `what` says it. */
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

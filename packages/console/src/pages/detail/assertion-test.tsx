// Tests an assertion of a platform against the integration. The page keeps the assertion only in its field.
import { Button, Modal, Stack, Text } from '@mantine/core'
import type { Integration, TrustVerdict } from 'latchkey/admin-api'
import { useEffect, useRef, useState } from 'react'
import { useTestTrust } from '../../api/use-acts.ts'
import { Banner } from '../../components/banner.tsx'
import { CodeField } from '../../components/code-field.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { testText as words } from '../../strings/trust.ts'
import { t } from '../../strings.ts'
import { TrustChecks } from './trust-checks.tsx'

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

function Verdict({ verdict }: { readonly verdict: TrustVerdict }) {
  const { accepted, reason, subject } = verdict
  return (
    <Stack>
      <Banner tone={accepted ? 'info' : 'danger'} title={accepted ? words.accepted : words.refused(reason ?? '')}>
        {accepted && subject !== null ? words.proves(subject) : words.refusedLine}
      </Banner>
      <TrustChecks verdict={verdict} />
    </Stack>
  )
}

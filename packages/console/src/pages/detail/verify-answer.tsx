// Sends a token to verify, and shows the answer. Sends the token again when its standing (live, superseded, expired…)
// changes.
import { Button, Group, Text } from '@mantine/core'
import type { Verification } from 'latchkey/admin-api'
import { useEffect, useState } from 'react'
import { useVerify } from '../../api/use-acts.ts'
import { CodeBlock } from '../../components/code-block.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { StatusWord } from '../../components/status-word.tsx'
import { t } from '../../strings.ts'
import { tryText as words } from '../../strings/try.ts'
import type { Worth } from './worth-of.ts'

export interface VerifyAnswerProps {
  readonly token: string
  /** The scope that the API would require. Undefined if the token has none. */
  readonly scope: string | undefined
  /** The standing of the token. Undefined if it is not known. */
  readonly worth: Worth | undefined
}

export function VerifyAnswer({ token, scope, worth }: VerifyAnswerProps) {
  const verify = useVerify()
  const challenge = verify.data?.challenge
  const [askedAt, setAskedAt] = useState<Worth>()
  const ask = () => {
    setAskedAt(worth)
    verify.mutate({ token: token.trim().replace(/^Bearer\s+/i, ''), ...(scope !== undefined && { scope }) })
  }
  const isOutdated = verify.data !== undefined && worth !== askedAt
  useEffect(() => {
    // An answer 200 from before the change would contradict the new standing, for example "superseded".
    if (isOutdated) ask()
  })
  return (
    <>
      <Group gap="sm">
        <Button size="xs" variant="default" loading={verify.isPending} onClick={ask}>
          {words.verify}
        </Button>
        <div role="status">{verify.data !== undefined && !isOutdated && <Answer answer={verify.data} />}</div>
      </Group>
      {verify.error !== null && <ProblemAlert title={t.problem.notDone} error={verify.error} />}
      {typeof challenge === 'string' && <CodeBlock what={words.challenge} code={`WWW-Authenticate: ${challenge}\n`} />}
    </>
  )
}

function Answer({ answer: { status, reason } }: { readonly answer: Verification }) {
  return (
    <Group gap="sm">
      <StatusWord tone={status === 200 ? 'ok' : 'danger'}>
        {reason === null ? String(status) : `${status} ${reason}`}
      </StatusWord>
      <Text size="sm">{words.answers[status]}</Text>
    </Group>
  )
}

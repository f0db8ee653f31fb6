// The first step: an account for the holder of the link.
import { Button, Code, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ask } from '../../api/client.ts'
import type { Session } from '../../api/models.ts'
import { sessionQuery } from '../../api/queries.ts'
import { Banner } from '../../components/banner.tsx'
import { Card } from '../../components/card.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { t } from '../../strings.ts'

const LEAST = 12

export function AccountStep({ code, onDone }: { readonly code: string | undefined; readonly onDone: () => void }) {
  const words = t.setUp.account
  const client = useQueryClient()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [isLeft, setLeft] = useState(false)
  const setUp = useMutation({
    mutationFn: () =>
      ask<Session>('/setup', { method: 'POST', body: { code, password, ...(email !== '' && { email }) } }),
    onSuccess: async () => {
      await client.refetchQueries({ queryKey: sessionQuery.queryKey })
      onDone()
    },
  })
  if (code === undefined)
    return (
      <Banner tone="warning" title={words.noCode}>
        {words.noCodeBody} <Code className="mono">{words.command}</Code>
      </Banner>
    )
  const isShort = password.length < LEAST
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setLeft(true)
    if (!isShort) setUp.mutate()
  }
  return (
    <Card title={t.setUp.steps[0]}>
      <Text>{words.line}</Text>
      {setUp.isError && <ProblemAlert title={words.failed} error={setUp.error} />}
      <form onSubmit={submit} noValidate>
        <Stack maw={420}>
          <TextInput
            label={words.email}
            description={words.emailHint}
            type="email"
            name="email"
            autoComplete="username"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value.trim())}
          />
          <PasswordInput
            label={words.password}
            description={words.passwordHint}
            name="password"
            autoComplete="new-password"
            required
            value={password}
            error={isLeft && isShort ? words.short : undefined}
            onBlur={() => setLeft(password !== '')}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password', tabIndex: 0 }}
          />
          <Button type="submit" loading={setUp.isPending}>
            {words.submit}
          </Button>
        </Stack>
      </form>
    </Card>
  )
}

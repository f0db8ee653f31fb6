// The first step: an account for the holder of the link.
import { Button, Code, PasswordInput, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { SetUpLinkCheck, SetUpLinkFacts, SetUpRequest, SignedIn } from 'latchkey/admin-api'
import { type SyntheticEvent, useState } from 'react'
import { ask } from '../../api/client.ts'
import { sessionQuery, setUpQuery } from '../../api/queries.ts'
import { Banner } from '../../components/banner.tsx'
import { Card } from '../../components/card.tsx'
import { messageOf, ProblemAlert } from '../../components/problem-alert.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { setUpText } from '../../strings/set-up.ts'

const LEAST = 12

export interface AccountStepProps {
  readonly code: string | undefined
  /** `kind` is the kind of the link that made the account. */
  readonly onDone: (kind: SetUpLinkFacts['kind']) => void
}

/** Asks the server which kind of link led to the page. */
export const useSetUpLink = (code: string | undefined) =>
  useQuery({
    queryKey: ['set-up-link'],
    queryFn:
      code === undefined
        ? skipToken
        : () => ask<SetUpLinkFacts, SetUpLinkCheck>('/setup/check', { method: 'POST', body: { code } }),
    staleTime: Infinity,
    retry: false,
  })

export function AccountStep({ code, onDone }: AccountStepProps) {
  const words = setUpText.account
  const link = useSetUpLink(code)
  const { data: setUp } = useQuery(setUpQuery)
  if (code === undefined || link.isError)
    return (
      <Banner tone="warning" title={code === undefined ? words.noCode : words.badCode}>
        <Text size="sm" pb={4}>
          {code === undefined ? (
            <>
              {words.noCodeBody}{' '}
              {setUp && (
                <Code className="mono wrap" display="block" mt={4}>
                  {words.command(setUp.command)}
                </Code>
              )}
            </>
          ) : (
            messageOf(link.error)
          )}
        </Text>
        <RouterLink size="sm" to="/models/integrations">
          {words.hasAccount}
        </RouterLink>
      </Banner>
    )
  if (link.data === undefined) return <Skeleton h={240} />
  return <AccountForm code={code} link={link.data} onDone={() => onDone(link.data.kind)} />
}

interface AccountFormProps {
  readonly code: string
  readonly link: SetUpLinkFacts
  readonly onDone: () => void
}

function AccountForm({ code, link, onDone }: AccountFormProps) {
  const words = setUpText.account
  const client = useQueryClient()
  const isFirst = link.kind === 'first_owner'
  const [email, setEmail] = useState(link.email ?? '')
  const [password, setPassword] = useState('')
  const [isLeft, setLeft] = useState(false)
  const setUp = useMutation({
    mutationFn: () =>
      ask<SignedIn, SetUpRequest>('/setup', { method: 'POST', body: { code, password, ...(isFirst && { email }) } }),
    onSuccess: async () => {
      await client.refetchQueries({ queryKey: sessionQuery.queryKey })
      onDone()
    },
  })
  const isShort = password.length < LEAST
  const emailError = email === '' ? words.emailMissing : email.includes('@') ? undefined : words.emailWrong
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    setLeft(true)
    if (!isShort && emailError === undefined) setUp.mutate()
  }
  return (
    <Card title={words.titles[link.kind]}>
      <Text>{words.lines[link.kind]}</Text>
      {setUp.isError && <ProblemAlert title={words.failed} error={setUp.error} />}
      <form onSubmit={submit} noValidate>
        <Stack maw={420}>
          <TextInput
            label={words.email}
            type="email"
            required
            readOnly={!isFirst}
            error={isLeft ? emailError : undefined}
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
            onBlur={() => setLeft(isLeft || password !== '')}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password', tabIndex: 0 }}
          />
          <Button type="submit" loading={setUp.isPending}>
            {words.submits[link.kind]}
          </Button>
        </Stack>
      </form>
    </Card>
  )
}

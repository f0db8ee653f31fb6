// Signing in with e-mail and password.
import { Box, Button, Center, Code, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Credentials, SignedIn } from 'latchkey/admin-api'
import { type SyntheticEvent, useEffect, useState } from 'react'
import { ask } from '../api/client.ts'
import { ProblemError } from '../api/problem.ts'
import { sessionQuery, setUpQuery } from '../api/queries.ts'
import { Banner } from '../components/banner.tsx'
import { Brand } from '../components/brand.tsx'
import { ProblemAlert } from '../components/problem-alert.tsx'
import { signInText } from '../strings/sign-in.ts'
import { t } from '../strings.ts'
import { readSignInSearch } from './sign-in-search.ts'

export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in', select: readSignInSearch })
  const session = useQuery(sessionQuery)
  const client = useQueryClient()
  const navigate = useNavigate()
  const [credentials, setCredentials] = useState<Credentials>({ email: '', password: '' })
  const signIn = useMutation({
    mutationFn: (given: Credentials) => ask<SignedIn, Credentials>('/session', { method: 'POST', body: given }),
    onSuccess: async () => {
      // The component redirects below when the session is known.
      await client.refetchQueries({ queryKey: sessionQuery.queryKey })
    },
    onError: () => setCredentials(({ email }) => ({ email, password: '' })),
  })
  useEffect(() => {
    document.title = `${signInText.title} · ${t.product}`
  }, [])
  const isSignedIn = session.data !== undefined && session.data !== null
  useEffect(() => {
    if (isSignedIn) void navigate({ href: next ?? '/models/integrations', replace: true })
  }, [isSignedIn, next, navigate])
  if (isSignedIn) return null
  const isOnward = next !== undefined && !['/', '/models/integrations'].includes(next)
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    signIn.mutate(credentials)
  }
  const typed = (member: keyof Credentials) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget
    setCredentials((given) => ({ ...given, [member]: value }))
  }
  return (
    <Center mih="100vh" p="md" component="main">
      <Stack w="100%" maw={380}>
        <Box mb="xs">
          <Brand size={32} />
          <Title order={1} mt="lg">
            {signInText.title}
          </Title>
          <Text c="dimmed">{signInText.line}</Text>
        </Box>
        {isOnward && !signIn.isError && <Banner tone="info" title={signInText.onward} />}
        <Refusal error={signIn.error} />
        <Paper p="lg" component="form" onSubmit={submit}>
          <Stack>
            <TextInput
              label={signInText.email}
              type="email"
              name="email"
              autoComplete="username"
              required
              withAsterisk={false}
              value={credentials.email}
              onChange={typed('email')}
            />
            <PasswordInput
              label={signInText.password}
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              value={credentials.password}
              onChange={typed('password')}
              visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password', tabIndex: 0 }}
            />
            <Button type="submit" loading={signIn.isPending}>
              {signInText.submit}
            </Button>
          </Stack>
        </Paper>
        <Help />
      </Stack>
    </Center>
  )
}

function Help() {
  const { data: setUp } = useQuery(setUpQuery)
  if (setUp === undefined) return null
  const { has_owner: hasOwner, command } = setUp
  return (
    <>
      {!hasOwner && <Banner tone="info" title={signInText.noOwner} />}
      <Text size="sm" c="dimmed">
        {hasOwner ? signInText.lost : signInText.newLink}{' '}
        <Code className="mono wrap" display="block" mt={4}>
          {hasOwner ? signInText.lostCommand(command) : signInText.newLinkCommand(command)}
        </Code>
      </Text>
    </>
  )
}

function Refusal({ error }: { readonly error: unknown }) {
  if (error === null) return null
  if (error instanceof ProblemError && error.code === 'sign_in_failed')
    return (
      <div role="alert">
        <Banner tone="danger" title={signInText.refused} />
      </div>
    )
  if (error instanceof ProblemError && error.status === 429)
    return (
      <div role="alert">
        <Banner tone="danger" title={signInText.throttled(error.retryAfter ?? 60)} />
      </div>
    )
  return <ProblemAlert title={signInText.failed} error={error} />
}

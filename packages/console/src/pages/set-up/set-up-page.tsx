// The first run: from the set-up link to the first token, in four steps.
import { Center, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { sessionQuery } from '../../api/queries.ts'
import { useLiveQueries } from '../../api/use-live-queries.ts'
import { Brand } from '../../components/brand.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { t } from '../../strings.ts'
import { AccountStep } from './account-step.tsx'
import { IntegrationStep } from './integration-step.tsx'
import { RequestStep } from './request-step.tsx'
import { readSetUpSearch } from './set-up-search.ts'
import { StepList } from './step-list.tsx'

export function SetUpPage() {
  const { integration } = useSearch({ from: '/set-up', select: readSetUpSearch })
  const { data: session } = useQuery(sessionQuery)
  const navigate = useNavigate()
  const [code] = useState(takeCode)
  const [secret, setSecret] = useState<string | undefined>()
  const [hasArrived, setArrived] = useState(false)
  const isSignedIn = session !== undefined && session !== null
  // A person with a link wants the account of the link, even if another operator is signed in here.
  const [isNew, setNew] = useState(code !== undefined)
  useLiveQueries(isSignedIn && !isNew)
  useEffect(() => {
    document.title = `${t.setUp.title} · ${t.product}`
  }, [])
  if (session === undefined) return null
  const step = !isSignedIn || isNew ? 0 : integration === undefined ? 1 : hasArrived ? 4 : 2
  return (
    <Center component="main" p="md">
      <Stack w="100%" maw={760} py="lg">
        <div>
          <Brand size={32} />
          <Title order={1} mt="lg">
            {t.setUp.title}
          </Title>
          <Text c="dimmed">{t.setUp.line}</Text>
        </div>
        <StepList step={step} />
        {step === 0 && (
          <AccountStep
            code={code}
            onDone={(kind) => {
              if (kind === 'first_owner') setNew(false)
              else void navigate({ to: '/models/integrations', replace: true })
            }}
          />
        )}
        {step === 1 && (
          <IntegrationStep
            onChosen={(id, known) => {
              setSecret(known)
              void navigate({ to: '/set-up', search: { integration: id }, replace: true })
            }}
          />
        )}
        {step >= 2 && integration !== undefined && (
          <RequestStep id={integration} secret={secret} onArrived={() => setArrived(true)} />
        )}
        {step > 0 && <RouterLink to="/models/integrations">{t.setUp.skip}</RouterLink>}
      </Stack>
    </Center>
  )
}

/** Removed from the address at once: the code is a key, and browsers keep addresses in their history. */
function takeCode(): string | undefined {
  const code = takenCode ?? location.hash.slice(1)
  takenCode = code
  if (location.hash !== '') history.replaceState(history.state, '', location.pathname + location.search)
  return code === '' ? undefined : code
}

/** React may create a component twice before it is shown. */
let takenCode: string | undefined

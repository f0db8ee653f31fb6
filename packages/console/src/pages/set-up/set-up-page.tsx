// The first run, in five steps: it starts at the set-up link, and its last step replaces the first token. The links of
// invitations and new passwords lead here too, and show only one step.
import { Center, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { sessionQuery } from '../../api/queries.ts'
import { useLiveQueries } from '../../api/use-live-queries.ts'
import { useMay } from '../../api/use-session.ts'
import { Brand } from '../../components/brand.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { setUpText } from '../../strings/set-up.ts'
import { t } from '../../strings.ts'
import { AccountStep, useSetUpLink } from './account-step.tsx'
import { IntegrationStep } from './integration-step.tsx'
import { RequestStep } from './request-step.tsx'
import { readSetUpSearch } from './set-up-search.ts'
import { StepList } from './step-list.tsx'

const STEP_AT = { waiting: 2, arrived: 4, ended: 5 } as const

export function SetUpPage() {
  const { integration } = useSearch({ from: '/set-up', select: readSetUpSearch })
  const { data: session } = useQuery(sessionQuery)
  const navigate = useNavigate()
  const [code] = useState(takeCode)
  const [secret, setSecret] = useState<string | undefined>()
  const [progress, setProgress] = useState<'waiting' | 'arrived' | 'ended'>('waiting')
  const onArrived = useCallback(() => setProgress((now) => (now === 'waiting' ? 'arrived' : now)), [])
  const onEnded = useCallback(() => setProgress('ended'), [])
  const link = useSetUpLink(code)
  const mayEdit = useMay('editor')
  const isSignedIn = session !== undefined && session !== null
  // The holder of a link wants the account of the link, even if another operator is signed in in this browser.
  const [isNew, setNew] = useState(code !== undefined)
  useLiveQueries(isSignedIn && !isNew)
  useEffect(() => {
    document.title = `${setUpText.title} · ${t.product}`
  }, [])
  if (session === undefined) return null
  const step = !isSignedIn || isNew ? 0 : integration === undefined ? 1 : STEP_AT[progress]
  const kind = step === 0 ? link.data?.kind : 'first_owner'
  // The page shows all steps only for the link of the first owner. After the first step an operator needs the role
  // editor.
  const hasSteps = kind === 'first_owner' && (step === 0 || mayEdit)
  return (
    <Center component="main" p="md">
      <Stack w="100%" maw={760} py="lg">
        <div>
          <Brand size={32} />
          <Title order={1} mt="lg">
            {kind === undefined || step > 0 ? setUpText.title : setUpText.headings[kind]}
          </Title>
          {hasSteps && <Text c="dimmed">{setUpText.line}</Text>}
        </div>
        {hasSteps && <StepList step={step} />}
        {step === 0 && (
          <AccountStep
            code={code}
            onDone={(done) => {
              if (done === 'first_owner') setNew(false)
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
          <RequestStep id={integration} secret={secret} onArrived={onArrived} onEnded={onEnded} />
        )}
        {step > 0 && progress !== 'ended' && <RouterLink to="/models/integrations">{setUpText.skip}</RouterLink>}
      </Stack>
    </Center>
  )
}

/**
 * Returns the code in the address and removes it from there at once. The code is a secret, and browsers keep addresses
 * in their history.
 */
function takeCode(): string | undefined {
  const code = takenCode ?? location.hash.slice(1)
  takenCode = code
  if (location.hash !== '') history.replaceState(history.state, '', location.pathname + location.search)
  return code === '' ? undefined : code
}

/** The code that was taken. Kept here, because React may create a component twice before it shows it. */
let takenCode: string | undefined

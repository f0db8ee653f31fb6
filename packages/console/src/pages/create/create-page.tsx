// Models > Integrations > new: the form, and then the credentials.
import { Button, Group, Paper, Select, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { CreatedIntegration } from 'latchkey/admin-api'
import { useEffect, useRef, useState } from 'react'
import { ProblemError } from '../../api/problem.ts'
import { scopesQuery } from '../../api/queries.ts'
import { useCreate } from '../../api/use-acts.ts'
import { useMay } from '../../api/use-session.ts'
import { attemptFor, type CreationAttempt, randomKey } from '../../components/creation-attempt.ts'
import { DOCUMENTED_SCOPE } from '../../components/first-scope.ts'
import { focusField, FormSummary } from '../../components/form-summary.tsx'
import {
  CHECKS,
  EMPTY_FORM,
  type FormValues,
  refusedFields,
  type SettingsForm,
} from '../../components/integration-form.ts'
import { IntegrationFields } from '../../components/integration-fields.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { t } from '../../strings.ts'
import { CreatedCredentials } from './created-credentials.tsx'

const EXPIRIES = (['never', '90', '180', '365'] as const).map((value) => ({ value, label: t.create.expiries[value] }))

export function CreatePage() {
  const navigate = useNavigate()
  const mayEdit = useMay('editor')
  const create = useCreate()
  const [isSubmitted, setSubmitted] = useState(false)
  const [created, setCreated] = useState<CreatedIntegration | undefined>()
  // The attempt for the current content of the form. Sending the same content again repeats the same request.
  const attempt = useRef<CreationAttempt | undefined>(undefined)
  const form = useForm<FormValues>({ initialValues: EMPTY_FORM, validate: CHECKS, validateInputOnBlur: true })
  usePreselectedScope(form)
  useEffect(() => {
    if (created?.client_secret === undefined) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [created])
  if (created !== undefined)
    return (
      <CreatedCredentials
        integration={created}
        onDone={() =>
          void navigate({ to: '/models/integrations/$id/{-$tab}', params: { id: created.id, tab: undefined } })
        }
      />
    )
  const submit = (values: FormValues) => {
    attempt.current = attemptFor(attempt.current, values, { now: Date.now(), idempotencyKey: randomKey() })
    const { idempotencyKey: key, desired } = attempt.current
    create.mutate(
      { key, desired },
      {
        onSuccess: setCreated,
        onError: (error) => {
          setSubmitted(true)
          if (error instanceof ProblemError) form.setErrors(refusedFields(error))
        },
      },
    )
  }
  const error = create.error
  const isExplained = error instanceof ProblemError && Object.keys(refusedFields(error)).length > 0
  return (
    <>
      <PageHead title={t.create.title} line={mayEdit ? t.create.line : t.list.viewer} />
      {mayEdit && (
        <Paper withBorder p="md" maw={720}>
          <form
            noValidate
            onSubmit={form.onSubmit(submit, (errors) => {
              setSubmitted(true)
              focusField(Object.keys(errors)[0] ?? '')
            })}
          >
            <Stack>
              <FormSummary errors={isSubmitted ? form.errors : {}} />
              {error !== null && !isExplained && <ProblemAlert title={t.create.failed} error={error} />}
              <IntegrationFields form={form} />
              <Select
                label={t.create.expiry}
                maw={320}
                allowDeselect={false}
                data={EXPIRIES}
                {...form.getInputProps('expiry')}
              />
              <Group>
                <Button type="submit" loading={create.isPending}>
                  {t.create.submit}
                </Button>
                <Button variant="default" onClick={() => void navigate({ to: '/models/integrations' })}>
                  {t.cancel}
                </Button>
              </Group>
            </Stack>
          </form>
        </Paper>
      )}
    </>
  )
}

/** Chooses the documented scope as soon as the scopes are known, unless the operator has already chosen one. */
function usePreselectedScope(form: SettingsForm): void {
  const { data: scopes } = useQuery(scopesQuery)
  const isDone = useRef(false)
  useEffect(() => {
    if (scopes === undefined || isDone.current) return
    isDone.current = true
    if (form.getValues().scopes.length === 0 && scopes.some(({ name }) => name === DOCUMENTED_SCOPE))
      form.setFieldValue('scopes', [DOCUMENTED_SCOPE])
  }, [scopes, form])
}

// The tab that changes the settings of an integration, or deletes it. A save names the version that the form was filled
// from, so it overwrites no later change.
import { Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { useEffect, useState } from 'react'
import { isProblem, ProblemError } from '../../api/problem.ts'
import { useChange } from '../../api/use-acts.ts'
import { useMay } from '../../api/use-session.ts'
import { Banner } from '../../components/banner.tsx'
import { focusField, FormSummary } from '../../components/form-summary.tsx'
import { changedSettings, CHECKS, type FormValues, formOf, refusedFields } from '../../components/integration-form.ts'
import { IntegrationFields } from '../../components/integration-fields.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { t } from '../../strings.ts'
import { DangerZone } from './danger-zone.tsx'

export function SettingsTab({ integration }: { readonly integration: Integration }) {
  // The form keeps the version that it was filled from, so that saving it overwrites no later change.
  const [base, setBase] = useState(integration)
  return (
    <Stack maw={720}>
      <SettingsForm key={base.version} base={base} onBase={setBase} current={integration} />
      <DangerZone integration={integration} />
    </Stack>
  )
}

interface SettingsFormProps {
  readonly base: Integration
  readonly current: Integration
  readonly onBase: (integration: Integration) => void
}

function SettingsForm({ base, current, onBase }: SettingsFormProps) {
  const mayEdit = useMay('editor')
  const change = useChange(base)
  const client = useQueryClient()
  const [isSubmitted, setSubmitted] = useState(false)
  const form = useForm<FormValues>({ initialValues: formOf(base), validate: CHECKS, validateInputOnBlur: true })
  const { error } = change
  const isStale = isProblem(error, 'stale_version')
  const isOutdated = !form.isDirty() && current.version > base.version
  useEffect(() => {
    if (isOutdated) onBase(current)
  }, [isOutdated, current, onBase])
  const isExplained = error instanceof ProblemError && Object.keys(refusedFields(error)).length > 0
  const submit = (values: FormValues) => {
    change.mutate(changedSettings(formOf(base), values), {
      onSuccess: (changed) => {
        notifications.show({ message: t.create.saved })
        client.setQueryData(['integration', changed.id], changed)
        onBase(changed)
      },
      onError: (refused) => {
        setSubmitted(true)
        if (refused instanceof ProblemError) form.setErrors(refusedFields(refused))
      },
    })
  }
  return (
    <Paper withBorder p="md">
      <form
        noValidate
        onSubmit={form.onSubmit(submit, (errors) => {
          setSubmitted(true)
          focusField(Object.keys(errors)[0] ?? '')
        })}
      >
        <Stack>
          {isStale ? (
            <Banner tone="warning" title={t.create.stale}>
              <Button
                size="xs"
                variant="default"
                disabled={current.version === base.version}
                onClick={() => onBase(current)}
              >
                {t.create.reload}
              </Button>
            </Banner>
          ) : (
            error !== null && !isExplained && <ProblemAlert title={t.create.notSaved} error={error} />
          )}
          <FormSummary errors={isSubmitted ? form.errors : {}} />
          {!mayEdit && <Text size="sm">{t.create.viewer}</Text>}
          <IntegrationFields form={form} isReadOnly={!mayEdit} isExisting />
          {mayEdit && (
            <Group>
              <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
                {t.create.save}
              </Button>
              <Button variant="default" disabled={!form.isDirty()} onClick={() => form.reset()}>
                {t.create.reset}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Paper>
  )
}

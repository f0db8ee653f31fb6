// The scopes that an integration may request, each with the APIs that it opens.
import { Checkbox, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { scopesQuery } from '../api/queries.ts'
import { t } from '../strings.ts'
import { inputId, type SettingsForm } from './integration-form.ts'
import { ProblemAlert } from './problem-alert.tsx'
import { scopeText } from './scope-text.ts'

interface ScopeFieldProps {
  readonly form: SettingsForm
  readonly isReadOnly: boolean
  readonly isExisting: boolean
}

export function ScopeField({ form, isReadOnly, isExisting }: ScopeFieldProps) {
  const scopes = useQuery(scopesQuery)
  const words = t.create
  if (scopes.isError && scopes.data === undefined)
    return <ProblemAlert title={words.scopesFailed} error={scopes.error} onRetry={() => void scopes.refetch()} />
  if (scopes.data === undefined) return <Skeleton h={100} />
  return (
    <Checkbox.Group
      id={inputId('scopes')}
      tabIndex={-1}
      label={words.scopes}
      description={isExisting ? `${words.scopesHint} ${words.takesAway}` : words.scopesHint}
      required
      {...form.getInputProps('scopes')}
    >
      <Stack gap="sm" mt="xs">
        {scopes.data.map((scope) => (
          <Checkbox
            key={scope.name}
            value={scope.name}
            label={scope.name}
            description={
              <Text inherit component="span">
                {scopeText(scope)}
              </Text>
            }
            disabled={isReadOnly}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}

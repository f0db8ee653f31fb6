// The field that says what an integration is: a program that calls APIs, or an API or gateway that checks tokens of
// some scopes.
import { Checkbox, Radio, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { scopesQuery } from '../api/queries.ts'
import { protectText as words } from '../strings/protect.ts'
import { inputId, type SettingsForm } from './integration-form.ts'

export function ProtectField({ form, isReadOnly }: { readonly form: SettingsForm; readonly isReadOnly: boolean }) {
  const { data: scopes = [] } = useQuery(scopesQuery)
  const disabled = isReadOnly
  const { onChange, ...kind } = form.getInputProps('kind') as { onChange: (kind: string) => void }
  const choose = (next: string): void => {
    onChange(next)
    if (form.values.protects.length === 0) form.setFieldValue('protects', [...form.values.scopes])
  }
  return (
    <>
      <Radio.Group label={words.what} {...kind} onChange={choose}>
        <Stack gap="sm" mt="xs">
          <Radio value="caller" label={words.caller} description={words.callerHint} disabled={disabled} />
          <Radio value="api" label={words.api} description={words.apiHint} disabled={disabled} />
        </Stack>
      </Radio.Group>
      {form.values.kind === 'api' && (
        <Checkbox.Group
          id={inputId('protects')}
          tabIndex={-1}
          label={words.protects}
          required
          {...form.getInputProps('protects')}
        >
          <Stack gap="xs" mt="xs">
            {scopes.map(({ name }) => (
              <Checkbox
                key={name}
                value={name}
                label={name}
                aria-label={`${words.protects} ${name}`}
                disabled={disabled}
              />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
    </>
  )
}

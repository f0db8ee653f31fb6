// The fields of an integration, shared by the pages that create and change it.
import { Checkbox, NumberInput, Radio, Stack, TagsInput, Textarea, TextInput } from '@mantine/core'
import { t } from '../strings.ts'
import { inputId, type SettingsForm } from './integration-form.ts'
import { ProtectField } from './protect-field.tsx'
import { ScopeField } from './scope-field.tsx'

export interface IntegrationFieldsProps {
  readonly form: SettingsForm
  readonly isReadOnly?: boolean
  /** True if live tokens may exist for a removed scope. */
  readonly isExisting?: boolean
}

export function IntegrationFields({ form, isReadOnly = false, isExisting = false }: IntegrationFieldsProps) {
  const words = t.create
  const common = { disabled: isReadOnly }
  return (
    <Stack>
      <TextInput
        id={inputId('name')}
        label={words.name}
        description={words.nameHint}
        required
        maxLength={200}
        {...common}
        {...form.getInputProps('name')}
      />
      <TextInput
        id={inputId('description')}
        label={words.description}
        {...common}
        {...form.getInputProps('description')}
      />
      <ScopeField form={form} isReadOnly={isReadOnly} isExisting={isExisting} />
      <ProtectField form={form} isReadOnly={isReadOnly} />
      <Radio.Group label={words.mode} {...form.getInputProps('mode')}>
        <Stack gap="sm" mt="xs">
          <Radio value="replace" label={words.replace} description={words.replaceHint} {...common} />
          <Radio value="stable" label={words.stable} description={words.stableHint} {...common} />
        </Stack>
      </Radio.Group>
      {form.values.mode === 'stable' && (
        <NumberInput
          id={inputId('renewMinutes')}
          label={words.renew}
          maw={320}
          min={0}
          max={1440}
          {...common}
          {...form.getInputProps('renewMinutes')}
        />
      )}
      <NumberInput
        id={inputId('grace')}
        label={words.grace}
        description={words.graceHint}
        maw={480}
        min={0}
        max={300}
        {...common}
        {...form.getInputProps('grace')}
      />
      <Checkbox
        id={inputId('conditional')}
        label={words.conditional}
        description={words.conditionalHint}
        {...common}
        {...form.getInputProps('conditional', { type: 'checkbox' })}
      />
      <TagsInput
        id={inputId('tags')}
        label={words.tags}
        description={words.tagsHint}
        maxTags={20}
        {...common}
        {...form.getInputProps('tags')}
      />
      <Textarea
        id={inputId('addresses')}
        label={words.addresses}
        description={words.addressesHint}
        autosize
        minRows={2}
        {...common}
        {...form.getInputProps('addresses')}
      />
    </Stack>
  )
}

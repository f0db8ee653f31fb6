// Creates an API, or changes the given one.
import { Select, TextInput } from '@mantine/core'
import type { Api, Scope } from 'latchkey/admin-api'
import { useEffect, useRef, useState } from 'react'
import { useChangeApi, useCreateApi } from '../../api/platform-acts.ts'
import { isProblem, ProblemError } from '../../api/problem.ts'
import { CodeField } from '../../components/code-field.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { StaleBanner } from '../../components/stale-banner.tsx'
import { platformText, scopesText as words } from '../../strings/platform.ts'
import { apiFieldsOf, EMPTY_API, newApiOf } from './catalog-fields.ts'

export interface ApiFormProps {
  readonly opened: boolean
  /** The API to change. Undefined for a new API. */
  readonly api: Api | undefined
  readonly scopes: readonly Scope[]
  readonly onClose: () => void
}

export function ApiForm({ opened, api, scopes, onClose }: ApiFormProps) {
  const [base, setBase] = useState<Api | undefined>()
  const [fields, setFields] = useState(EMPTY_API)
  const [isTried, setTried] = useState(false)
  const nameField = useRef<HTMLInputElement>(null)
  const scopeField = useRef<HTMLInputElement>(null)
  const create = useCreateApi()
  const change = useChangeApi()
  const act = base === undefined ? create : change
  const restart = () => {
    create.reset()
    change.reset()
    setTried(false)
    setBase(api)
    setFields(api === undefined ? EMPTY_API : apiFieldsOf(api))
  }
  useEffect(() => {
    if (opened) restart()
  }, [opened])
  const set = (member: keyof typeof fields) => (event: { currentTarget: { value: string } }) =>
    setFields({ ...fields, [member]: event.currentTarget.value })

  const { name, scope, description } = fields
  const problem = act.error instanceof ProblemError ? act.error : undefined
  const isStale = isProblem(problem, 'stale_version')
  const submit = () => {
    setTried(true)
    if (name.trim() === '') return nameField.current?.focus()
    if (scope === '') return scopeField.current?.focus()
    const desired = newApiOf(fields)
    if (base === undefined) create.mutate(desired, { onSuccess: onClose })
    else change.mutate({ id: base.id, version: base.version, desired }, { onSuccess: onClose })
  }
  const missing = (is: boolean, text: string): string | undefined => (isTried && is ? text : undefined)
  return (
    <ConfirmDialog
      opened={opened}
      title={base === undefined ? words.createApi : words.editApi(base.name)}
      verb={base === undefined ? words.createApi : platformText.save}
      isReady={!isStale}
      act={isStale ? { isPending: false, error: null } : act}
      onConfirm={submit}
      onClose={onClose}
    >
      {isStale && <StaleBanner isRead={api?.version !== base?.version} onReload={restart} />}
      <TextInput
        ref={nameField}
        data-autofocus
        label={words.name}
        description={words.apiNameHint}
        aria-required
        error={missing(name.trim() === '', words.apiNameMissing) ?? problem?.detailAt('/name')}
        value={name}
        onChange={set('name')}
      />
      <Select
        ref={scopeField}
        label={words.apiScope}
        aria-required
        allowDeselect={false}
        data={scopes.map((known) => known.name)}
        error={missing(scope === '', words.apiScopeMissing) ?? problem?.detailAt('/scope')}
        value={scope === '' ? null : scope}
        onChange={(value) => setFields({ ...fields, scope: value ?? '' })}
      />
      <TextInput
        label={words.description}
        error={problem?.detailAt('/description')}
        value={description}
        onChange={set('description')}
      />
      <CodeField
        label={words.routes}
        description={words.routesHint}
        minRows={3}
        maxRows={10}
        error={problem?.detailAt('/routes')}
        value={fields.routes}
        onChange={set('routes')}
      />
    </ConfirmDialog>
  )
}

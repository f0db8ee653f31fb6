// Creates a scope, or changes the given one.
import { Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Scope } from 'latchkey/admin-api'
import { useEffect, useRef, useState } from 'react'
import { useChangeScope, useCreateScope } from '../../api/platform-acts.ts'
import { isProblem, ProblemError } from '../../api/problem.ts'
import { Banner } from '../../components/banner.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { StaleBanner } from '../../components/stale-banner.tsx'
import { platformText, scopesText as words } from '../../strings/platform.ts'
import { audienceOf, isNewAudience, isScopeName, newScopeOf, type ScopeFields, scopePatchOf } from './catalog-fields.ts'

export interface ScopeFormProps {
  readonly opened: boolean
  /** The scope to change. Undefined for a new scope. */
  readonly scope: Scope | undefined
  readonly onClose: () => void
}

export function ScopeForm({ opened, scope, onClose }: ScopeFormProps) {
  const [base, setBase] = useState<Scope | undefined>()
  const [fields, setFields] = useState<ScopeFields>({ name: '', description: '', audience: '' })
  const [isTried, setTried] = useState(false)
  const nameField = useRef<HTMLInputElement>(null)
  const create = useCreateScope()
  const change = useChangeScope()
  const act = base === undefined ? create : change
  const restart = () => {
    create.reset()
    change.reset()
    setTried(false)
    setBase(scope)
    setFields({ name: scope?.name ?? '', description: scope?.description ?? '', audience: audienceOf(scope) })
  }
  // The input stays when another operator changes the scope, so that saving does not overwrite an unseen change.
  useEffect(() => {
    if (opened) restart()
  }, [opened])
  const set = (member: keyof typeof fields) => (event: { currentTarget: { value: string } }) =>
    setFields({ ...fields, [member]: event.currentTarget.value })

  const { name, description } = fields
  const isNameWrong = base === undefined && !isScopeName(name)
  const ending = base !== undefined && isNewAudience(base, fields) ? (scope?.live_tokens ?? 0) : 0
  const problem = act.error instanceof ProblemError ? act.error : undefined
  const isStale = isProblem(problem, 'stale_version')
  const submit = () => {
    setTried(true)
    if (isNameWrong) return nameField.current?.focus()
    if (base === undefined) return create.mutate(newScopeOf(fields), { onSuccess: onClose })
    change.mutate(
      { name: base.name, version: base.version, desired: scopePatchOf(base, fields) },
      {
        onSuccess: ({ ended_tokens: ended }) => {
          if (ended > 0) notifications.show({ message: words.endedTokens(ended) })
          onClose()
        },
      },
    )
  }
  const nameError = isTried && isNameWrong ? words.scopeNameWrong : problem?.detailAt('/name')
  return (
    <ConfirmDialog
      opened={opened}
      title={base === undefined ? words.createScope : words.editScope(base.name)}
      verb={base === undefined ? words.createScope : ending > 0 ? words.saveEnding(ending) : platformText.save}
      isDangerous={ending > 0}
      isReady={!isStale}
      act={isStale ? { isPending: false, error: null } : act}
      onConfirm={submit}
      onClose={onClose}
    >
      {isStale && <StaleBanner isRead={scope?.version !== base?.version} onReload={restart} />}
      {base === undefined && (
        <TextInput
          ref={nameField}
          data-autofocus
          label={words.name}
          description={words.scopeNameHint}
          aria-required
          spellCheck={false}
          autoCapitalize="off"
          error={nameError}
          value={name}
          onChange={set('name')}
        />
      )}
      <TextInput
        {...(base !== undefined && { 'data-autofocus': true })}
        label={words.description}
        description={words.descriptionHint}
        error={problem?.detailAt('/description')}
        value={description}
        onChange={set('description')}
      />
      <TextInput
        label={words.audience}
        description={words.audienceHint}
        error={problem?.detailAt('/audience')}
        value={fields.audience}
        onChange={set('audience')}
      />
      {base !== undefined && ending === 0 && <Text size="sm">{words.audienceEffect(scope?.live_tokens ?? 0)}</Text>}
      {ending > 0 && <Banner tone="warning" title={words.audienceEffect(ending)} />}
    </ConfirmDialog>
  )
}

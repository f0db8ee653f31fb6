// Chooses the scope of the examples. Nothing is shown if there is only one.
import { Select } from '@mantine/core'
import { t } from '../strings.ts'

export interface ScopeChoiceProps {
  readonly scopes: readonly string[]
  readonly scope: string
  readonly onChoose: (scope: string | null) => void
}

export function ScopeChoice({ scopes, scope, onChoose }: ScopeChoiceProps) {
  if (scopes.length < 2) return null
  return (
    <Select
      label={t.snippets.scope}
      description={t.snippets.oneScope}
      maw={320}
      allowDeselect={false}
      data={[...scopes]}
      value={scope}
      onChange={onChoose}
    />
  )
}

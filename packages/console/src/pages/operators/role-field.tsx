// The choice of a role, with the rights of each.
import { Radio, Stack } from '@mantine/core'
import type { Role } from 'latchkey/admin-api'
import { operatorsText as words } from '../../strings/settings.ts'

const ROLES: readonly Role[] = ['viewer', 'editor', 'owner']

export interface RoleFieldProps {
  readonly value: Role
  readonly onChange: (role: Role) => void
}

export function RoleField({ value, onChange }: RoleFieldProps) {
  return (
    <Radio.Group
      label={words.role}
      value={value}
      onChange={(chosen) => onChange(ROLES.find((known) => known === chosen) ?? 'viewer')}
    >
      <Stack gap="xs" mt="xs">
        {ROLES.map((known) => (
          <Radio key={known} value={known} label={words.roleLines[known]} />
        ))}
      </Stack>
    </Radio.Group>
  )
}

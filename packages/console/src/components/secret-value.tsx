// A secret on the screen: masked until the operator shows it, and copied without being shown.
import { ActionIcon, Group, Text, Tooltip } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useState } from 'react'
import { t } from '../strings.ts'
import { CopyButton } from './copy-button.tsx'
import { MASK } from './mask.ts'

/** For a secret that this page holds already. */
export function SecretValue({ secret }: { readonly secret: string }) {
  const [isShown, setShown] = useState(false)
  const label = isShown ? t.detail.credentials.hide : t.detail.credentials.reveal
  return (
    <Group gap={4} wrap="nowrap">
      <Text
        span
        size="sm"
        className="mono"
        {...(!isShown && { 'aria-label': t.detail.credentials.masked, role: 'img' })}
      >
        {isShown ? secret : MASK}
      </Text>
      <Tooltip label={label}>
        <ActionIcon aria-label={`${label} client secret`} onClick={() => setShown(!isShown)}>
          {isShown ? <IconEyeOff size={16} /> : <IconEye size={16} />}
        </ActionIcon>
      </Tooltip>
      <CopyButton what="client secret" value={secret} />
    </Group>
  )
}

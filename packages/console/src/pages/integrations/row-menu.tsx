// The button with the actions on one integration of the list. The menu is made at the first click, so that a list with
// many rows is painted sooner.
import { ActionIcon } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { Integration } from 'latchkey/admin-api'
import { Suspense, useState } from 'react'
import { lazyPart } from '../../components/lazy-part.tsx'
import { t } from '../../strings.ts'

const IntegrationMenu = lazyPart(() => import('./integration-menu.tsx'), 'IntegrationMenu')

export function RowMenu({ integration }: { readonly integration: Integration }) {
  const [isMade, setMade] = useState(false)
  const button = (
    <ActionIcon
      aria-label={t.list.actionsOn(integration.name)}
      aria-haspopup="menu"
      aria-expanded={isMade}
      onClick={() => setMade(true)}
    >
      <IconDots size={16} />
    </ActionIcon>
  )
  if (!isMade) return button
  return (
    <Suspense fallback={button}>
      <IntegrationMenu integration={integration} />
    </Suspense>
  )
}

// The actions on integrations that the palette offers.
import type { SpotlightActionData } from '@mantine/spotlight'
import { IconCopy, IconFlask, IconRefresh } from '@tabler/icons-react'
import type { IntegrationPage } from 'latchkey/admin-api'
import { announce } from '../components/announce.ts'
import { copyText } from '../components/copy-button.tsx'
import { t } from '../strings.ts'
import type { PaletteAct } from './palette-query.ts'

type Found = Pick<IntegrationPage['items'][number], 'id' | 'name' | 'client_id'>

const ICONS = { rotate: IconRefresh, try: IconFlask, copy: IconCopy }

export interface PaletteActing {
  /** The text in the palette. It becomes a keyword of each action, so that the list shows the action. */
  readonly keywords: string
  readonly carryOut: (act: PaletteAct, integration: Found) => void
}

export const paletteAction =
  ({ keywords, carryOut }: PaletteActing) =>
  (act: PaletteAct, integration: Found): SpotlightActionData => {
    const Icon = ICONS[act]
    return {
      id: `${act} ${integration.id}`,
      label: t.palette.acts[act](integration.name),
      leftSection: <Icon size={18} stroke={1.75} aria-hidden />,
      keywords,
      onClick: () => carryOut(act, integration),
    }
  }

export async function copyClientId(clientId: string): Promise<void> {
  announce((await copyText(clientId)) ? t.palette.copied : t.palette.notCopied)
}

// The pages outside the group Models: their groups, names and addresses, and the role that each needs.
import {
  IconActivity,
  IconAdjustments,
  IconApi,
  IconCertificate,
  IconChartLine,
  IconHistory,
  IconKey,
  IconShieldLock,
  IconUsers,
} from '@tabler/icons-react'
import type { Role } from 'latchkey/admin-api'
import { pagesText as words } from '../strings/pages.ts'

export const PAGE_GROUPS = [
  {
    id: 'platform',
    title: words.groups.platform,
    pages: [
      { to: '/platform/scopes-and-apis', label: words.pages.scopes, icon: IconApi },
      { to: '/platform/signing-keys', label: words.pages.signingKeys, icon: IconShieldLock },
      { to: '/platform/live-tokens', label: words.pages.liveTokens, icon: IconActivity },
    ],
  },
  {
    id: 'activity',
    title: words.groups.activity,
    pages: [
      { to: '/activity/overview', label: words.pages.overview, icon: IconChartLine },
      { to: '/activity/audit-log', label: words.pages.audit, icon: IconHistory },
    ],
  },
  {
    id: 'settings',
    title: words.groups.settings,
    pages: [
      { to: '/settings/operators', label: words.pages.operators, icon: IconUsers },
      { to: '/settings/admin-keys', label: words.pages.adminKeys, icon: IconKey, role: 'owner' },
      { to: '/settings/trusted-issuers', label: words.pages.issuers, icon: IconCertificate },
      { to: '/settings/configuration', label: words.pages.configuration, icon: IconAdjustments },
    ],
  },
] as const satisfies readonly {
  readonly id: string
  readonly title: string
  readonly pages: readonly { to: string; label: string; icon: unknown; role?: Role }[]
}[]

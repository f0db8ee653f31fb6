// The page of one integration: its tabs, and the actions on it.
import { Breadcrumbs, Skeleton, Stack, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { Integration } from 'latchkey/admin-api'
import { isProblem } from '../../api/problem.ts'
import { integrationQuery } from '../../api/queries.ts'
import { PageHead } from '../../components/page-head.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { Tags } from '../../components/tags.tsx'
import { t } from '../../strings.ts'
import { ActivityTab } from './activity-tab.tsx'
import { AuditTab } from './audit-tab.tsx'
import { AuthenticationTab } from './authentication-tab.tsx'
import { Banners } from './banners.tsx'
import { HeadActions } from './head-actions.tsx'
import { HeadStatus } from './head-status.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { QuickStartTab } from './quick-start-tab.tsx'
import { SettingsTab } from './settings-tab.tsx'
import { TryTab } from './try-tab.tsx'

const TABS = {
  overview: OverviewTab,
  authentication: AuthenticationTab,
  quickstart: QuickStartTab,
  try: TryTab,
  activity: ActivityTab,
  audit: AuditTab,
  settings: SettingsTab,
} as const
type TabName = keyof typeof TABS

const isTab = (name: string | undefined): name is TabName => name !== undefined && Object.hasOwn(TABS, name)

export function DetailPage() {
  const { id, tab } = useParams({ from: '/shell/models/integrations/$id/{-$tab}' })
  const integration = useQuery(integrationQuery(id))
  if (integration.data !== undefined && !isProblem(integration.error, 'unknown_integration'))
    return <Detail key={id} integration={integration.data} tab={isTab(tab) ? tab : 'overview'} />
  if (isProblem(integration.error, 'unknown_integration'))
    return (
      <Stack>
        <PageHead title={t.detail.gone} line={t.detail.goneLine} />
        <RouterLink to="/models/integrations">{t.notFound.back}</RouterLink>
      </Stack>
    )
  if (integration.isError)
    return <ProblemAlert title={t.detail.failed} error={integration.error} onRetry={() => void integration.refetch()} />
  return <Skeleton h={320} role="status" aria-label={t.list.loading} />
}

function Detail({ integration, tab }: { readonly integration: Integration; readonly tab: TabName }) {
  const navigate = useNavigate()
  const Panel = TABS[tab]
  const { name, description, id } = integration
  const words = t.detail.tabs
  return (
    <>
      <nav aria-label={t.detail.trail}>
        <Breadcrumbs>
          <Text size="sm">{t.shell.models}</Text>
          <RouterLink to="/models/integrations" size="sm">
            {t.shell.integrations}
          </RouterLink>
        </Breadcrumbs>
      </nav>
      <PageHead
        title={name}
        tabTitle={tab === 'overview' ? name : `${name}: ${words[tab]}`}
        line={description}
        beside={
          <>
            <HeadStatus integration={integration} />
            <Tags tags={integration.tags} />
          </>
        }
        actions={<HeadActions integration={integration} />}
      />
      <Banners integration={integration} isOverview={tab === 'overview'} />
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => {
          const to = next === null || next === 'overview' ? undefined : next
          void navigate({ to: '/models/integrations/$id/{-$tab}', params: { id, tab: to }, resetScroll: false })
        }}
      >
        <Tabs.List>
          {(Object.keys(TABS) as TabName[]).map((key) => (
            <Tabs.Tab key={key} value={key}>
              {words[key]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} pt="md">
          <Panel integration={integration} />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

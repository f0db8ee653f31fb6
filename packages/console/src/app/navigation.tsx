// The pages by group, and below them the controls that every page has.
import { NavLink, type NavLinkProps, Stack } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { createLink, useRouterState } from '@tanstack/react-router'
import { forwardRef } from 'react'
import { versionQuery } from '../api/queries.ts'
import { t } from '../strings.ts'
import { PlatformNavigation } from './platform-navigation.tsx'

const NavigationLink = createLink(
  forwardRef<HTMLAnchorElement, Omit<NavLinkProps, 'href'>>(function NavigationLink(props, ref) {
    return <NavLink ref={ref} {...props} />
  }),
)

export function Navigation() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const { data: version } = useQuery(versionQuery)
  const isHere = path.startsWith('/models/integrations')
  return (
    <Stack h="100%" justify="space-between">
      <Stack gap={4}>
        <div className="nav-group" id="nav-models">
          {t.shell.models}
        </div>
        <ul aria-labelledby="nav-models" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
          <li>
            <NavigationLink
              to="/models/integrations"
              label={t.shell.integrations}
              leftSection={<IconPlugConnected size={17} stroke={1.75} aria-hidden />}
              active={isHere}
              {...(isHere && { 'aria-current': 'page' as const })}
            />
          </li>
        </ul>
        <PlatformNavigation />
      </Stack>
      <div className="frame-foot">
        <a href="/docs/">{t.shell.docs}</a>
        <a href="/docs">{t.shell.reference}</a>
        <a href="/problems">{t.shell.problems}</a>
        {version !== undefined && <span>{t.shell.version(version)}</span>}
      </div>
    </Stack>
  )
}

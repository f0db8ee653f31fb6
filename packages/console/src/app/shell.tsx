// The frame around every page of a signed-in operator: header, navigation, the state of the connection.
import { ActionIcon, Burger, Button, Center, Group, Loader, Stack } from '@mantine/core'
import { useDisclosure, useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { Suspense, useEffect, useRef, useState } from 'react'
import { sessionQuery } from '../api/queries.ts'
import { useLiveQueries } from '../api/use-live-queries.ts'
import { Brand } from '../components/brand.tsx'
import { lazyPart } from '../components/lazy-part.tsx'
import { ProblemAlert } from '../components/problem-alert.tsx'
import { t } from '../strings.ts'
import { AccountMenu } from './account-menu.tsx'
import { AppearanceMenu } from './appearance-menu.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { EnvironmentBadge } from './environment-badge.tsx'
import { Navigation } from './navigation.tsx'
import { useAllPages } from './use-all-pages.ts'

const MAIN = 'main'

// Loaded on demand: most visits do not need it.
const Palette = lazyPart(() => import('./palette.tsx'), 'Palette')

export function Shell() {
  const session = useQuery(sessionQuery)
  const location = useRouterState({ select: (state) => state.location })
  const isSignedIn = session.data !== undefined && session.data !== null
  useLiveQueries(isSignedIn)
  useAllPages(isSignedIn)
  if (session.data === null) return <ToSignIn from={location.href} />
  if (session.isError)
    return (
      <Stack component="main" p="md">
        <ProblemAlert title={t.problem.pageTitle} error={session.error} onRetry={() => void session.refetch()} />
      </Stack>
    )
  if (!isSignedIn)
    return (
      <Center h="100vh" component="main">
        <Loader aria-label="Loading" />
      </Center>
    )
  return <Frame path={location.pathname} />
}

/**
 * Redirects once to the sign-in page, with the address to return to. Keeps the first `from`, because it changes while
 * this component is still on the screen.
 */
function ToSignIn({ from }: { readonly from: string }) {
  const navigate = useNavigate()
  const [next] = useState(from)
  useEffect(() => {
    void navigate({ to: '/sign-in', search: { next }, replace: true })
  }, [navigate, next])
  return null
}

function Frame({ path }: { readonly path: string }) {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const [palette, setPalette] = useState(0)
  const openPalette = () => setPalette((times) => times + 1)
  useHotkeys([['mod+K', openPalette]], [])
  const main = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  useEffect(() => {
    close()
    // Moves the keyboard focus to the beginning of each new page. The first page keeps the focus of the browser.
    if (isFirst.current) isFirst.current = false
    // The arrow keys move between tabs.
    else if (document.activeElement?.role !== 'tab') main.current?.focus({ preventScroll: true })
  }, [path, close])
  return (
    <div className="frame">
      <a className="skip-link" href={`#${MAIN}`}>
        {t.skip}
      </a>
      <header className="frame-header">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              hiddenFrom="sm"
              size="sm"
              opened={isOpen}
              onClick={toggle}
              aria-expanded={isOpen}
              aria-label={isOpen ? t.shell.closeNavigation : t.shell.openNavigation}
            />
            <Brand />
            <EnvironmentBadge />
          </Group>
          <Group gap={6} wrap="nowrap">
            <Button
              visibleFrom="sm"
              className="search-button"
              variant="default"
              size="xs"
              leftSection={<IconSearch size={15} stroke={1.75} />}
              rightSection={<kbd className="key">{MODIFIER} K</kbd>}
              onClick={openPalette}
            >
              {t.shell.search}
            </Button>
            <ActionIcon hiddenFrom="sm" aria-label={t.shell.search} onClick={openPalette}>
              <IconSearch size={18} stroke={1.75} />
            </ActionIcon>
            <AppearanceMenu />
            <AccountMenu />
          </Group>
        </Group>
      </header>
      <nav className="frame-nav" data-open={isOpen} aria-label={t.shell.navigation}>
        <Navigation />
      </nav>
      <main className="frame-main" id={MAIN} tabIndex={-1} ref={main}>
        <Stack gap="md" maw={1400}>
          <ConnectionBanner />
          <Outlet />
        </Stack>
      </main>
      {palette > 0 && (
        <Suspense>
          <Palette opened={palette} />
        </Suspense>
      )}
    </div>
  )
}

const MODIFIER = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl'

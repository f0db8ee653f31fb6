// The routes of the console and their pages.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { NotFoundPage } from '../pages/not-found-page.tsx'
import { readAuditSearch } from '../pages/audit-log/audit-search.ts'
import { readListSearch } from '../pages/integrations/list-search.ts'
import { readSetUpSearch } from '../pages/set-up/set-up-search.ts'
import { readSignInSearch } from '../pages/sign-in-search.ts'
import { PageFault } from './page-fault.tsx'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: PageFault })

// The router also keeps the search parameters that a validator left out, so pages validate again.
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: readSignInSearch,
  component: lazyRouteComponent(() => import('../pages/sign-in-page.tsx'), 'SignInPage'),
})

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/set-up',
  validateSearch: readSetUpSearch,
  component: lazyRouteComponent(() => import('../pages/set-up/set-up-page.tsx'), 'SetUpPage'),
})

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: lazyRouteComponent(() => import('./shell.tsx'), 'Shell'),
})

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/models/integrations', replace: true })
  },
})

const models = createRoute({
  getParentRoute: () => shell,
  path: '/models',
  beforeLoad: ({ location }) => {
    if (location.pathname.replace(/\/$/, '') === '/models')
      throw redirect({ to: '/models/integrations', replace: true })
  },
})

const list = createRoute({
  getParentRoute: () => models,
  path: '/integrations',
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import('../pages/integrations/list-page.tsx'), 'ListPage'),
})

const create = createRoute({
  getParentRoute: () => models,
  path: '/integrations/new',
  component: lazyRouteComponent(() => import('../pages/create/create-page.tsx'), 'CreatePage'),
})

const detail = createRoute({
  getParentRoute: () => models,
  path: '/integrations/$id/{-$tab}',
  component: lazyRouteComponent(() => import('../pages/detail/detail-page.tsx'), 'DetailPage'),
})

type FirstPage = '/platform/scopes-and-apis' | '/activity/overview' | '/settings/operators'

const area = <Path extends string>(path: Path, to: FirstPage) =>
  createRoute({
    getParentRoute: () => shell,
    path,
    beforeLoad: () => {
      throw redirect({ to, replace: true })
    },
  })

const liveTokens = createRoute({
  getParentRoute: () => shell,
  path: '/platform/live-tokens',
  component: lazyRouteComponent(() => import('../pages/live-tokens/live-tokens-page.tsx'), 'LiveTokensPage'),
})

const scopesAndApis = createRoute({
  getParentRoute: () => shell,
  path: '/platform/scopes-and-apis',
  component: lazyRouteComponent(() => import('../pages/scopes/scopes-page.tsx'), 'ScopesPage'),
})

const signingKeys = createRoute({
  getParentRoute: () => shell,
  path: '/platform/signing-keys',
  component: lazyRouteComponent(() => import('../pages/signing-keys/signing-keys-page.tsx'), 'SigningKeysPage'),
})

const auditLog = createRoute({
  getParentRoute: () => shell,
  path: '/activity/audit-log',
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => import('../pages/audit-log/audit-log-page.tsx'), 'AuditLogPage'),
})

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/activity/overview',
  component: lazyRouteComponent(() => import('../pages/overview/overview-page.tsx'), 'OverviewPage'),
})

const adminKeys = createRoute({
  getParentRoute: () => shell,
  path: '/settings/admin-keys',
  component: lazyRouteComponent(() => import('../pages/admin-keys/admin-keys-page.tsx'), 'AdminKeysPage'),
})

const operators = createRoute({
  getParentRoute: () => shell,
  path: '/settings/operators',
  component: lazyRouteComponent(() => import('../pages/operators/operators-page.tsx'), 'OperatorsPage'),
})

const configuration = createRoute({
  getParentRoute: () => shell,
  path: '/settings/configuration',
  component: lazyRouteComponent(() => import('../pages/configuration/configuration-page.tsx'), 'ConfigurationPage'),
})

/** Inside the frame, whose navigation leads to other pages. */
const nowhere = createRoute({ getParentRoute: () => shell, path: '$', component: NotFoundPage })

const routeTree = root.addChildren([
  signIn,
  setUp,
  shell.addChildren([
    home,
    models.addChildren([list, create, detail]),
    area('/platform', '/platform/scopes-and-apis'),
    area('/activity', '/activity/overview'),
    area('/settings', '/settings/operators'),
    liveTokens,
    scopesAndApis,
    signingKeys,
    auditLog,
    overview,
    operators,
    adminKeys,
    configuration,
    nowhere,
  ]),
])

export function createConsoleRouter() {
  return createRouter({
    routeTree,
    defaultNotFoundComponent: NotFoundPage,
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultPendingMs: 200,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>
  }
}

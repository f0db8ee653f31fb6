// The routes of the console and their pages.
import { createRootRoute, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router'
import { lazyPart } from '../components/lazy-part.tsx'
import { NotFoundPage } from '../pages/not-found-page.tsx'
import { readAuditSearch } from '../pages/audit-log/audit-search.ts'
import { readListSearch } from '../pages/integrations/list-search.ts'
import { readSetUpSearch } from '../pages/set-up/set-up-search.ts'
import { readSignInSearch } from '../pages/sign-in-search.ts'
import { PageFault } from './page-fault.tsx'
import { PageNotFetched } from './page-not-fetched.tsx'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: PageFault })

// The router also keeps the search parameters that a validator left out, so pages validate again.
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: readSignInSearch,
  component: lazyPart(() => import('../pages/sign-in-page.tsx'), 'SignInPage', PageNotFetched),
})

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/set-up',
  validateSearch: readSetUpSearch,
  component: lazyPart(() => import('../pages/set-up/set-up-page.tsx'), 'SetUpPage', PageNotFetched),
})

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: lazyPart(() => import('./shell.tsx'), 'Shell', PageNotFetched),
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
  component: lazyPart(() => import('../pages/integrations/list-page.tsx'), 'ListPage', PageNotFetched),
})

const create = createRoute({
  getParentRoute: () => models,
  path: '/integrations/new',
  component: lazyPart(() => import('../pages/create/create-page.tsx'), 'CreatePage', PageNotFetched),
})

const detail = createRoute({
  getParentRoute: () => models,
  path: '/integrations/$id/{-$tab}',
  component: lazyPart(() => import('../pages/detail/detail-page.tsx'), 'DetailPage', PageNotFetched),
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
  component: lazyPart(() => import('../pages/live-tokens/live-tokens-page.tsx'), 'LiveTokensPage', PageNotFetched),
})

const scopesAndApis = createRoute({
  getParentRoute: () => shell,
  path: '/platform/scopes-and-apis',
  component: lazyPart(() => import('../pages/scopes/scopes-page.tsx'), 'ScopesPage', PageNotFetched),
})

const signingKeys = createRoute({
  getParentRoute: () => shell,
  path: '/platform/signing-keys',
  component: lazyPart(() => import('../pages/signing-keys/signing-keys-page.tsx'), 'SigningKeysPage', PageNotFetched),
})

const auditLog = createRoute({
  getParentRoute: () => shell,
  path: '/activity/audit-log',
  validateSearch: readAuditSearch,
  component: lazyPart(() => import('../pages/audit-log/audit-log-page.tsx'), 'AuditLogPage', PageNotFetched),
})

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/activity/overview',
  component: lazyPart(() => import('../pages/overview/overview-page.tsx'), 'OverviewPage', PageNotFetched),
})

const adminKeys = createRoute({
  getParentRoute: () => shell,
  path: '/settings/admin-keys',
  component: lazyPart(() => import('../pages/admin-keys/admin-keys-page.tsx'), 'AdminKeysPage', PageNotFetched),
})

const operators = createRoute({
  getParentRoute: () => shell,
  path: '/settings/operators',
  component: lazyPart(() => import('../pages/operators/operators-page.tsx'), 'OperatorsPage', PageNotFetched),
})

const issuers = createRoute({
  getParentRoute: () => shell,
  path: '/settings/trusted-issuers',
  component: lazyPart(() => import('../pages/trusted-issuers/issuers-page.tsx'), 'IssuersPage', PageNotFetched),
})

const issuer = createRoute({
  getParentRoute: () => shell,
  path: '/settings/trusted-issuers/$id',
  component: lazyPart(() => import('../pages/trusted-issuers/issuer-page.tsx'), 'IssuerPage', PageNotFetched),
})

const configuration = createRoute({
  getParentRoute: () => shell,
  path: '/settings/configuration',
  component: lazyPart(
    () => import('../pages/configuration/configuration-page.tsx'),
    'ConfigurationPage',
    PageNotFetched,
  ),
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
    issuers,
    issuer,
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

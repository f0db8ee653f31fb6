// The texts of the console that several pages share, and the texts of each page.
import { createText } from './strings/create.ts'
import { detailText } from './strings/detail.ts'
import { listText } from './strings/list.ts'
import { setUpText } from './strings/set-up.ts'
import { signInText } from './strings/sign-in.ts'

export const t = {
  product: 'Latchkey',
  platformUi: 'Platform UI',
  skip: 'Skip to main content',
  cancel: 'Cancel',
  done: 'Done',
  problem: {
    unknown: 'Something went wrong in this page. Load it again.',
    notAllowed: 'Your role does not allow this. Ask an owner.',
    notDone: 'That was not done',
    answered: (status: number, code: string) => `The server answered ${status} (${code}).`,
    requestId: 'Request ID',
    retry: 'Try again',
    pageTitle: 'This page cannot be shown',
  },
  shell: {
    navigation: 'Pages of the console',
    openNavigation: 'Open navigation',
    closeNavigation: 'Close navigation',
    models: 'Models',
    integrations: 'Integrations',
    search: 'Search',
    environment: 'Environment of this server',
    appearance: {
      title: 'Appearance',
      scheme: 'Colour scheme',
      schemes: { light: 'Light', dark: 'Dark', auto: 'As the system' },
      density: 'Rows of tables',
      densities: { comfortable: 'Comfortable', compact: 'Compact' },
    },
    account: 'Account',
    signOut: 'Sign out',
    signOutEverywhere: 'Sign out everywhere',
    role: (role: string) => `Role: ${role}`,
    reference: 'Admin API reference',
    problems: 'Problems and cures',
    version: (version: string) => `Version ${version}`,
    lost: (time: string) => `Connection lost. Numbers are from ${time}. Reconnecting…`,
    lostBody: 'The page asks again every few seconds, and goes on by itself when the server answers.',
    adminKey: 'Admin key',
  },
  palette: {
    placeholder: 'Search pages and integrations',
    nothing: 'Nothing found',
    create: 'Create integration',
    createLine: 'A client ID and a secret for one program',
    pages: 'Pages',
    integrationsGroup: 'Integrations',
    actions: 'Actions',
    acts: {
      rotate: (name: string) => `Rotate secret of ${name}`,
      try: (name: string) => `Try a token of ${name}`,
      copy: (name: string) => `Copy client ID of ${name}`,
    },
    copied: 'Client ID copied',
    notCopied: 'The browser did not let it be copied.',
    help: 'Help',
  },
  notFound: {
    title: 'There is no such page',
    line: 'The address may be mistyped, or what it showed was deleted.',
    back: 'Go to Integrations',
  },
  snippets: {
    failed: 'The address of the token endpoint could not be read',
    scope: 'Scope',
    oneScope: 'A token has exactly one scope. Request a separate token for each.',
    what: (label: string) => `${label} example`,
    masked: 'The dots stand for the client secret: what you copy has it.',
    fetched:
      'The dots stand for the client secret. Copy fetches it and puts it in, and the audit log records the look.',
    keep: 'Each request ends the live token of its scope. Fetch one, keep it, and ask again shortly before it expires.',
  },
  signIn: signInText,
  setUp: setUpText,
  list: listText,
  create: createText,
  detail: detailText,
} as const

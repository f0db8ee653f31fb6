// The names of the pages outside the group Models, and the names of their groups.

export const pagesText = {
  groups: { platform: 'Platform', activity: 'Activity', settings: 'Settings' },
  pages: {
    scopes: 'Scopes & APIs',
    signingKeys: 'Signing keys',
    liveTokens: 'Live tokens',
    overview: 'Overview',
    audit: 'Audit log',
    operators: 'Operators',
    adminKeys: 'Admin keys',
    issuers: 'Trusted issuers',
    configuration: 'Configuration',
  },
} as const

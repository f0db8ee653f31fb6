// The words of the page of one integration.
import { count, plural } from '../components/times.ts'

const tokens = (live: number): string => plural(live, 'live token')

export const detailText = {
  trail: 'Where this is',
  failed: 'The integration could not be loaded',
  gone: 'There is no such integration',
  goneLine: 'It may have been deleted, or the address is mistyped.',
  tabs: {
    overview: 'Overview',
    authentication: 'Authentication',
    try: 'Try it',
    quickstart: 'Quick start',
    activity: 'Activity',
    audit: 'Audit',
    settings: 'Settings',
  },
  rotate: 'Rotate secret',
  disable: 'Disable',
  enable: 'Enable',
  banner: {
    disabled: 'This integration is disabled.',
    disabledBody: 'Its tokens ended when it was disabled, and new token requests get 401 invalid_client.',
    rotation: 'Rotation in progress.',
    rotationBody: (left: string) => `The old secret works for ${left} more.`,
    endOld: 'End old secret',
    oldUnused: 'No use of it was recorded.',
    oldUsed: (when: string, from: string) => `Last used ${when} from ${from}.`,
    expiring: 'The client secret ends soon.',
    expiringBody: (left: string) =>
      `It works for ${left} more. After that, token requests get 401 invalid_client. Rotate the secret and give the program the new one.`,
    contention: {
      several_sources: 'Several callers end each other’s tokens:',
      one_source: 'One caller keeps ending its own tokens:',
      refused_early: 'Callers replace a token early, as if an API refused it:',
    },
    contended: (times: string) => `${times} before half of the lifetime had passed, the first`,
    callers: (scopes: readonly string[]) => `Callers for ${scopes.join(' and ')}`,
    show: 'Show callers and cures',
    hide: 'Hide',
    source: (caller: string, requests: string) => `${caller}: ${requests}`,
    cures: 'What helps',
    more: 'Why tokens end early, and what to do',
  },
  credentials: {
    title: 'Credentials',
    clientId: 'Client ID',
    secret: 'Client secret',
    titles: { only: 'Client secret', current: 'Current secret', old: 'Old secret' },
    current: 'Current',
    old: 'Still works',
    oldEnds: (left: string) => `Ends in ${left}`,
    masked: 'hidden',
    reveal: 'Reveal',
    hide: 'Hide',
    copy: 'Copy client secret',
    lookedUp: 'Each look at a secret is recorded in the audit trail.',
    notKept:
      'Not readable here: it was imported as a hash, or this server never shows a secret twice. Rotate it to get a new one.',
    viewer: 'Your role may not look at secrets.',
    created: 'Created',
    lastUsed: 'Last used',
    neverUsed: 'Never',
    ends: 'Ends',
    safe: 'Safe to end',
    verdicts: { yes: 'Yes', no: 'No', unknown: 'Not known' },
  },
  live: {
    title: 'Live tokens',
    none: 'No live token',
    noneLine: (generation: string) =>
      generation === '0' ? 'None was ever requested for this scope.' : 'The last one ended.',
    left: 'Time left',
    issued: 'Issued',
    generation: 'Generation',
    jti: 'Token ID',
    requesters: 'Requested by',
    handedTo: 'Handed to',
    grace: 'In grace',
    graceLine: (generation: string, when: string) => `Generation ${generation} is accepted ${when} more.`,
    revoke: 'Revoke',
    revokeOf: (scope: string) => `Revoke the live token for ${scope}`,
    revokeTitle: 'Revoke the live token?',
    revokeEffect: (scope: string) =>
      `1 live token, for ${scope}, stops working at once. APIs that use verify or introspection refuse it from the next request on. The program can request a new one.`,
  },
  endpoints: {
    title: 'Endpoints',
    issuer: 'Issuer',
    token: 'Token',
    jwks: 'Keys (JWKS)',
    introspection: 'Introspection',
    revocation: 'Revocation',
  },
  quickStart: {
    secret:
      'Put the client secret where it says so, or reveal it on the Overview. The commands are those of the documentation.',
    none: 'No credential works, so no program can get a token. Add a key or a secret on the tab Authentication.',
  },
} as const

export const summaryText = {
  live: 'Live tokens',
  of: (live: number, scopes: number) => `${live} of ${scopes}`,
  nextEnds: (left: string) => `the next ends in ${left}`,
  issued: 'Issued, 24 h',
  since: (time: string) => `since ${time}`,
  refused: 'Refused, 1 h',
  parts: (requests: number, tokens: number) =>
    `${plural(requests, 'token request')}, ${plural(tokens, 'use')} of a token`,
  lastUsed: 'Last used',
  never: 'Never',
} as const

export const timelineText = {
  line: 'At most the last 16, oldest first. The height shows how much of its lifetime a token had; less than half is hatched. Left and right arrow keys select a token.',
  issued: (generation: string, at: string, by: string) => `#${generation} was issued at ${at} to ${by}.`,
  live: 'It is live.',
  over: 'It ended without another one.',
  replaced: (after: string, by: string) => `After ${after}, ${by} replaced it.`,
  grace: 'It is accepted in grace.',
} as const

export const rotateText = {
  title: 'Rotate client secret?',
  firstTitle: 'Add a client secret?',
  firstLine:
    'A client secret is created and shown to you. The program can then authenticate with it too. Other credentials go on working, and no live token ends.',
  line: 'A new secret is created. The current one keeps working for:',
  choices: [
    { seconds: 0, label: 'Not at all: it ends now' },
    { seconds: 3600, label: '1 hour' },
    { seconds: 86_400, label: '24 hours' },
    { seconds: 604_800, label: '7 days' },
  ],
  /** Empty while the number is not known. */
  effect: (live: number | undefined) =>
    live === undefined
      ? 'Live tokens stay valid until they end.'
      : `Live tokens stay valid until they end: ${tokens(live)}.`,
  revokeToo: (live: number) => `Also revoke live tokens (${live})`,
  two: 'The old secret ends now.',
  twoBody: (lastUse: string) => `At most two secrets work at once. ${lastUse}`,
  resultTitle: 'The new client secret',
  result: {
    operators: 'Give it to the program. You can reveal it again on the Overview.',
    never: 'Give it to the program now. This server never shows a secret twice.',
  },
} as const

export const statusText = {
  disableTitle: (name: string) => `Disable ${name}?`,
  disableEffect: (live: number | undefined) =>
    `${live === undefined ? 'Its live tokens stop working at once.' : live === 0 ? 'It has no live token.' : `Its ${tokens(live)} ${live === 1 ? 'stops' : 'stop'} working at once.`} New token requests get 401 invalid_client. You can enable it again.`,
  enableTitle: (name: string) => `Enable ${name}?`,
  enableEffect: 'It may request tokens again. Tokens from before stay ended.',
  deleteTitle: (name: string) => `Delete ${name}?`,
  deleteEffect: (live: number | undefined, credentials: number | undefined) =>
    `This ends ${live === undefined ? 'its live tokens' : tokens(live)} and ${credentials === undefined ? 'its credentials' : plural(credentials, 'credential')} at once, for good. The client ID is never given out again.`,
  deleteConfirm: 'Type the name to confirm',
  delete: 'Delete integration',
  danger: 'Danger zone',
} as const

/** The words of the dialog that revokes all live tokens of an integration. */
export const revokeText = {
  open: 'Revoke live tokens',
  none: 'No live token to revoke',
  title: (name: string) => `Revoke the live tokens of ${name}?`,
  effect: (live: number | undefined) =>
    `${live === undefined ? 'Its live tokens stop' : `Its ${tokens(live)} ${live === 1 ? 'stops' : 'stop'}`} working at once. APIs that use verify or introspection refuse them from the next request on. The program can request new ones.`,
  verb: 'Revoke live tokens',
  done: (revoked: number) => `${tokens(revoked)} revoked`,
} as const

export const activityText = {
  title: 'Tokens by result',
  refusals: 'Refusals by reason',
  hour: '1 h',
  day: '24 h',
  range: 'Time range',
  table: 'View as table',
  chart: 'View as chart',
  keys: 'Left and right arrow keys read the values, + and − zoom, Escape shows all.',
  zoomIn: (title: string) => `Zoom in: ${title}`,
  resetZoom: 'Reset zoom',
  total: (from: string, to: string) => `Total ${from} – ${to}`,
  issued: 'Issued',
  reused: 'Handed out again',
  shared: 'Shared',
  time: 'Time',
  noTokens: 'No token was requested in this time.',
  noRefusals: 'Nothing was refused in this time.',
  counted: (since: string) => `Counted ${since}.`,
  early: (early: number, all: number) =>
    all === 0
      ? 'No token was replaced.'
      : early === 0
        ? `${plural(all, 'token')} replaced, none before half of its life.`
        : `${plural(early, 'token')} of ${count(all)} replaced before half of ${early === 1 ? 'its' : 'their'} life.`,
  timeline: (scope: string) => `Last issuances for ${scope}`,
  timelineLine: 'At most the last 16, newest first: who requested each, and which ended the one before it.',
  columns: { generation: 'Generation', issued: 'Issued', by: 'Requested by', ended: 'What became of it' },
  live: 'Live',
  over: 'Ended',
  grace: 'In grace',
  replaced: (after: string, by: string) => `Replaced after ${after} by ${by}`,
  lessThanASecond: 'less than a second',
  sharedBy: (requests: string) => `answered ${requests}`,
  handedTo: 'Handed to',
  nobody: 'an unknown caller',
  none: 'No token was issued for this scope yet.',
} as const

export const auditText = {
  title: 'Changes and refusals of this integration',
  none: 'Nothing is on record.',
  columns: { time: 'Time', actor: 'Who', event: 'What', change: 'Change' },
  more: 'Older changes',
  details: 'Details',
  failed: 'The audit trail could not be loaded',
  before: 'Before',
  after: 'After',
} as const

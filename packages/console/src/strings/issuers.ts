// The words of the pages about trusted issuers.
import { plural } from '../components/times.ts'

const rules = (number: number): string => plural(number, 'trust rule')
const integrations = (number: number): string => plural(number, 'integration')

export const issuersText = {
  line: 'The platforms whose tokens may authenticate a program. An issuer alone is not enough: an integration also needs a trust rule.',
  viewer: 'You can view trusted issuers. Only an owner can change them.',
  list: 'Trusted issuers',
  failed: 'The trusted issuers could not be loaded',
  loading: 'Loading trusted issuers',
  emptyTitle: 'No trusted issuers yet',
  empty:
    'Trust an issuer, and workloads of its platform can get tokens without a secret: pods, workflows, jobs and cloud services.',
  columns: { name: 'Name', platform: 'Platform', keys: 'Keys', status: 'Status', used: 'Used by' },
  status: { enabled: 'Enabled', disabled: 'Disabled' },
  sources: { discovery: 'Discovery', jwks_uri: 'JWKS URI', inline: 'Pasted keys' },
  uses: ({ integrations: number, trust_rules: ofRules }: UseCounts) =>
    number === 0 ? 'No integration' : `${integrations(number)}, ${rules(ofRules)}`,
  keyCount: (number: number) => plural(number, 'key'),
  keyStates: {
    inline: 'Stored',
    waiting: 'Not fetched yet',
    fresh: 'Fetched',
    old: 'To be fetched',
    stale: 'Fetch failed',
    none: 'No keys',
  },
  gone: 'There is no such trusted issuer',
  goneLine: 'It may have been deleted.',
  back: 'Go to Trusted issuers',
  trail: 'Where this page is',
  settings: 'Settings',
  url: 'URL',
  urlLine: 'The exact iss of its tokens',
  audience: 'Audience',
  ownAudience: 'the issuer of this server',
  algorithms: 'Algorithms',
  staleFor: 'Use of old keys',
  staleTime: (time: string) => `${time} while they cannot be fetched`,
  authority: 'Authority',
  systemAuthority: 'those of the system',
  ownAuthority: 'a certificate of your own',
  id: 'ID',
  added: 'Added',
  about: 'Issuer',
} as const

interface UseCounts {
  readonly integrations: number
  readonly trust_rules: number
}

export const issuerKeysText = {
  title: 'Keys',
  line: 'The keys in the memory of the server that answered. They are fetched again before they get old, while they are in use.',
  inlineLine:
    'The keys stand in the settings of the issuer, and nothing is fetched. When the platform changes its keys, edit them.',
  source: 'Source',
  keyIds: 'Key IDs',
  noKeys: 'none',
  fetched: 'Last fetch',
  never: 'Never',
  freshUntil: 'Fresh until',
  error: 'Last error',
  noError: 'None',
  fetchNow: 'Fetch keys now',
  fetchedNow: (keys: string) => `Fetched: ${keys}`,
  notFetched: 'The keys could not be fetched',
  faults: {
    url_unusable: 'The address must be https with a host, without a user name.',
    name_unresolved: 'The name of the host has no address.',
    address_forbidden:
      'The host has an address that the server must not connect to. For a private address set LATCHKEY_KEY_SOURCE_NETWORKS.',
    connection_failed: 'The server could not connect to the host.',
    connect_timeout: 'The connection took longer than 2 s.',
    certificate_untrusted: 'The certificate of the host is not trusted. Give the authority that issued it.',
    answer_timeout: 'The answer took longer than 5 s.',
    redirected: 'The host answered with a redirect, which the server does not follow.',
    status_unusable: 'The host answered with another status than 200.',
    answer_encoded: 'The answer is compressed, although the server asked for plain text.',
    answer_too_large: 'The answer is larger than 128 KiB.',
    answer_malformed: 'The answer is not the expected JSON.',
    issuer_differs: 'The discovery document names another issuer than the URL.',
    too_many_keys: 'The answer has more than 100 keys.',
  } as Readonly<Record<string, string>>,
} as const

export const issuerUsesText = {
  title: 'Used by',
  line: 'The integrations whose trust rules name this issuer.',
  none: 'No trust rule names it. Add one on the tab Authentication of an integration.',
  columns: { name: 'Integration', clientId: 'Client ID', status: 'Status', rules: 'Trust rules' },
  failed: 'The integrations could not be loaded',
  loading: 'Loading the integrations',
  more: 'Show more',
} as const

export const issuerFormText = {
  add: 'Add issuer',
  addTitle: 'Add a trusted issuer',
  edit: 'Edit',
  editTitle: (name: string) => `Edit ${name}`,
  name: 'Name',
  nameHint: 'Trust rules use it: a-z, 0-9 and hyphens, 40 at most.',
  namePlaceholder: 'prod-cluster',
  platform: 'Platform',
  platforms: {
    kubernetes: 'Kubernetes',
    github: 'GitHub Actions',
    gitlab: 'GitLab',
    spiffe: 'SPIFFE',
    oidc: 'Another issuer (OpenID Connect)',
  },
  url: 'URL of the issuer',
  urlHint: 'The exact iss of its tokens, beginning with https://.',
  trustDomain: 'Trust domain',
  trustDomainHint: 'spiffe:// and the domain, without a path.',
  fixed: 'URL and platform cannot be changed. For others add another issuer.',
  source: 'Keys from',
  sources: { discovery: 'Discovery', jwks_uri: 'JWKS URI', inline: 'Pasted keys' },
  sourceHints: {
    discovery: 'The server reads the OpenID Connect discovery document at the URL, and follows changes of the keys.',
    jwks_uri: 'The server reads the keys at this address, and follows changes of the keys.',
    inline: 'The server fetches nothing. When the platform changes its keys, paste the new ones.',
  },
  uri: 'Address of the keys',
  jwks: 'Public keys',
  jwksHint: 'A JWK set, as the platform publishes it, or one JWK. 20 keys at most.',
  more: 'More settings',
  audience: 'Audience',
  audienceHint:
    'The aud of its tokens. Leave it empty for the issuer of this server. Another audience can be that of other servers too.',
  algorithms: 'Algorithms',
  algorithmsHint: 'With which it may sign.',
  authority: 'Certificates of its authority',
  authorityHint: 'In PEM, if the certificate of its host comes from an authority of your own.',
  stale: 'Use of old keys, in seconds',
  staleHint: 'How long keys stay in use while they cannot be fetched again. 0 to 86400.',
  faults: {
    name: '1 to 40 characters of a-z, 0-9 and -.',
    url: 'An address that begins with https://.',
    trustDomain: 'spiffe:// and a trust domain.',
    uri: 'An address that begins with https://.',
    jwksMissing: 'Paste the public keys.',
    jwksMalformed: 'This is no JWK set and no JWK.',
    jwksPrivate:
      'That was a private key. It was not sent, and the field was emptied. Paste the public keys: nobody but the platform may have the private ones.',
    algorithms: 'Choose at least one.',
    stale: 'A whole number between 0 and 86400.',
  },
} as const

export const issuerActsText = {
  disable: 'Disable',
  enable: 'Enable',
  disableTitle: (name: string) => `Disable ${name}?`,
  enableTitle: (name: string) => `Enable ${name}?`,
  disableEffect: ({ integrations: number, trust_rules: ofRules }: UseCounts) =>
    number === 0
      ? 'No trust rule names it. Its tokens authenticate no program until you enable it again.'
      : `${rules(ofRules)} of ${integrations(number)} ${ofRules === 1 ? 'authenticates' : 'authenticate'} no program until you enable it again. Token requests with its tokens get 401 invalid_client. Live tokens stay valid until they end.`,
  enableEffect: ({ integrations: number, trust_rules: ofRules }: UseCounts) =>
    number === 0
      ? 'Its tokens are accepted again where a trust rule matches.'
      : `${rules(ofRules)} of ${integrations(number)} ${ofRules === 1 ? 'authenticates' : 'authenticate'} programs again.`,
  delete: 'Delete',
  deleteTitle: (name: string) => `Delete ${name}?`,
  deleteVerb: 'Delete issuer',
  deleteEffect: 'No trust rule names it, so no program loses its proof. This cannot be undone.',
  deleteUsed: ({ integrations: number, trust_rules: ofRules }: UseCounts) =>
    `${rules(ofRules)} of ${integrations(number)} ${ofRules === 1 ? 'names' : 'name'} it, so it cannot be deleted. End ${ofRules === 1 ? 'the rule' : 'the rules'} first, or disable the issuer.`,
  deleted: (name: string) => `${name} is deleted`,
} as const

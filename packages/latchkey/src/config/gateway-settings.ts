// Every setting of a gateway's file, one row each. The reader and the file that `latchkey gateway --print-config` prints come from here.
import { addressList, choice, host, path, port, type SettingKind, webOrigin, wholeNumber } from './setting-kinds.ts' // prettier-ignore
import { serverSettings } from './settings.ts'

export interface GatewaySetting<Value = unknown, Default = unknown> {
  readonly kind: SettingKind<Value>
  readonly default: Default
  /** A value to show where there is no default. */
  readonly example?: string
  readonly doc: string
}

const row = <Value, const Default extends Value | undefined>(
  setting: GatewaySetting<Value, Default>,
): GatewaySetting<Value, Default> => setting

const seconds = wholeNumber(1, 86_400, 'seconds')

const issuerUrl: SettingKind<string> = {
  expects: 'the http or https URL of an issuer, without query, fragment and slash at its end',
  placeholder: 'url',
  parse: (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url === undefined || !/^https?:$/.test(url.protocol) || /[?#@]|\/$/.test(text)) return undefined
    return text
  },
}

/** A dot in a name is a level of the file. */
export const gatewaySettings = {
  issuer: row({
    kind: issuerUrl,
    default: undefined,
    example: 'http://127.0.0.1:8080/oauth2/ausao8uveaPmyhv0v357',
    doc: 'Whose tokens are accepted: "issuer" in the metadata of the server. https, or on loopback.',
  }),
  audience: row({
    kind: serverSettings.audience.kind,
    default: serverSettings.audience.default,
    doc: 'The aud that a token must carry: the audience of the scopes at the server.',
  }),
  upstream: row({
    kind: webOrigin,
    default: undefined,
    example: 'http://127.0.0.1:9090',
    doc: 'Where the APIs are that name no upstream of their own. Only the gateway may reach it: it believes the identity headers.',
  }),
  'listen.host': row({ kind: host, default: '127.0.0.1', doc: 'Where clients come in. Beyond loopback this needs TLS here, or trusted_proxies that speak it.' }), // prettier-ignore
  'listen.port': row({ kind: port, default: 8082, doc: 'Its port. 0 takes any free port.' }),
  'listen.tls_cert_file': row({ kind: path, default: undefined, example: '/etc/latchkey/tls.crt', doc: 'The certificate chain in PEM, the own certificate first.' }), // prettier-ignore
  'listen.tls_key_file': row({ kind: path, default: undefined, example: '/etc/latchkey/tls.key', doc: 'The private key of the certificate, in PEM, without a passphrase.' }), // prettier-ignore
  'listen.trusted_proxies': row({
    kind: addressList,
    default: [],
    example: '[10.0.0.0/8]',
    doc: 'Proxies in front that speak TLS to the outside, as addresses or CIDR ranges: their X-Forwarded-* headers are believed. Those of anybody else are replaced.',
  }),
  'status.host': row({ kind: host, default: '127.0.0.1', doc: 'Where /livez, /readyz and /metrics are.' }),
  'status.port': row({ kind: port, default: 8083, doc: 'Its port. 0 takes any free port.' }),
  'liveness.mode': row({
    kind: choice('feed', 'introspect', 'until-expiry'),
    default: 'feed',
    doc: 'How a superseded or revoked token is noticed: by following the feed of live tokens, by asking the server, or not before it expires.',
  }),
  'liveness.max_stale_seconds': row({
    kind: wholeNumber(2, 86_400, 'seconds'),
    default: 5,
    doc: 'With feed: no token is accepted that ended longer ago than this.',
  }),
  'liveness.on_stale': row({
    kind: choice('introspect', 'refuse'),
    default: 'introspect',
    doc: 'With feed: what to do while the feed is older than that. Ask the server for each token, or answer 503.',
  }),
  'liveness.max_age_seconds': row({
    kind: wholeNumber(0, 86_400, 'seconds'),
    default: 0,
    doc: 'With introspect: for how long an answer of the server is used again.',
  }),
  authorization: row({
    kind: choice('kept', 'forwarded'),
    default: 'kept',
    doc: 'Whether the token stays here or upstreams see it too.',
  }),
  'limits.body_bytes': row({ kind: wholeNumber(0, 1_073_741_824, 'bytes'), default: 2_097_152, doc: 'The largest request body; above it 413.' }), // prettier-ignore
  'limits.header_bytes': row({ kind: wholeNumber(4096, 65_536, 'bytes'), default: 16_384, doc: 'The largest head of a request; above it 431.' }), // prettier-ignore
  'limits.connections': row({ kind: wholeNumber(1, 1_000_000, 'number'), default: 10_000, doc: 'Connections of clients at once; above it new ones are closed.' }), // prettier-ignore
  'limits.requests': row({ kind: wholeNumber(1, 1_000_000, 'number'), default: 1000, doc: 'Requests being answered at once; above it 503.' }), // prettier-ignore
  'timeouts.headers_seconds': row({ kind: seconds, default: 10, doc: 'Until a client has sent its headers; then 408.' }), // prettier-ignore
  'timeouts.request_seconds': row({ kind: seconds, default: 60, doc: 'Until a client has sent its whole request; then 408.' }), // prettier-ignore
  'timeouts.keep_alive_seconds': row({ kind: seconds, default: 65, doc: 'For how long a connection waits for its next request.' }), // prettier-ignore
  'timeouts.connect_seconds': row({ kind: seconds, default: 5, doc: 'Until an upstream takes the connection; then 504.' }), // prettier-ignore
  'timeouts.response_seconds': row({ kind: seconds, default: 60, doc: 'Until an upstream begins to answer; then 504.' }), // prettier-ignore
  'timeouts.idle_seconds': row({ kind: seconds, default: 300, doc: 'Between two pieces of an answer; then the connection is cut.' }), // prettier-ignore
  'timeouts.shutdown_delay_seconds': row({ kind: wholeNumber(0, 3600, 'seconds'), default: 0, doc: 'For which a gateway that is asked to stop still serves, while its /readyz says 503 and connections end with their answers: longer than the health checks of a load balancer take to notice.' }), // prettier-ignore
  'timeouts.stop_seconds': row({ kind: seconds, default: 10, doc: 'For answers in work when the gateway is asked to stop.' }), // prettier-ignore
  'log.level': row({ kind: serverSettings.logLevel.kind, default: serverSettings.logLevel.default, doc: 'What is logged: requests are info.' }), // prettier-ignore
  'log.format': row({ kind: choice('json', 'pretty'), default: undefined, example: 'json', doc: 'Without it pretty on a terminal, json elsewhere.' }), // prettier-ignore
} as const

export type GatewaySettingKey = keyof typeof gatewaySettings

type ValueOf<Row> = Row extends GatewaySetting<infer Value, infer Default> ? Value | Default : never

export type GatewayValues = { readonly [Key in GatewaySettingKey]: ValueOf<(typeof gatewaySettings)[Key]> }

/** Names that are no setting at all: a row is one of these or, for a level, the beginning of one. */
export const isGatewaySetting = (name: string): name is GatewaySettingKey => Object.hasOwn(gatewaySettings, name)

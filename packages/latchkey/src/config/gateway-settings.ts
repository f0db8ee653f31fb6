// The table of all settings in the configuration file of a gateway. The reader and `latchkey gateway --print-config`
// use this table.
import { addressList, choice, host, path, port, type SettingKind, webOrigin, wholeNumber } from './setting-kinds.ts'
import { serverSettings } from './settings.ts'

export interface GatewaySetting<Value = unknown, Default = unknown> {
  readonly kind: SettingKind<Value>
  readonly default: Default
  /** An example value, shown if there is no default. */
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

/** The settings by name. A dot in a name separates the levels of the file. */
export const gatewaySettings = {
  issuer: row({
    kind: issuerUrl,
    default: undefined,
    example: 'http://127.0.0.1:8080/oauth2/ausao8uveaPmyhv0v357',
    doc: 'The issuer whose tokens the gateway accepts: "issuer" in the metadata of the server. It must be an https URL, except on loopback.',
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
    doc: 'The upstream URL for every API that has no upstream of its own. Make sure that only the gateway can reach the upstream, because the upstream trusts the identity headers.',
  }),
  'listen.host': row({
    kind: host,
    default: '127.0.0.1',
    doc: 'The address on which the gateway listens for clients. An address other than loopback needs tls_cert_file, or trusted_proxies that terminate TLS.',
  }),
  'listen.port': row({ kind: port, default: 8082, doc: 'The port for clients. 0 means any free port.' }),
  'listen.tls_cert_file': row({
    kind: path,
    default: undefined,
    example: '/etc/latchkey/tls.crt',
    doc: 'The certificate chain in PEM, the certificate of the gateway first.',
  }),
  'listen.tls_key_file': row({
    kind: path,
    default: undefined,
    example: '/etc/latchkey/tls.key',
    doc: 'The private key of the certificate, in PEM, without a passphrase.',
  }),
  'listen.trusted_proxies': row({
    kind: addressList,
    default: [],
    example: '[10.0.0.0/8]',
    doc: 'The proxies that terminate TLS between clients and the gateway, as addresses or CIDR ranges. The gateway trusts the X-Forwarded-* headers of these proxies and replaces the headers of all other clients.',
  }),
  'status.host': row({ kind: host, default: '127.0.0.1', doc: 'The address of /livez, /readyz and /metrics.' }),
  'status.port': row({
    kind: port,
    default: 8083,
    doc: 'The port of /livez, /readyz and /metrics. 0 means any free port.',
  }),
  'liveness.mode': row({
    kind: choice('feed', 'introspect', 'until-expiry'),
    default: 'feed',
    doc: 'How the gateway notices that a token was superseded or revoked: from the feed of live tokens, by asking the server, or not before the token expires.',
  }),
  'liveness.max_stale_seconds': row({
    kind: wholeNumber(2, 86_400, 'seconds'),
    default: 5,
    doc: 'With feed: the longest time after the end of a token for which the gateway may still accept the token.',
  }),
  'liveness.on_stale': row({
    kind: choice('introspect', 'refuse'),
    default: 'introspect',
    doc: 'With feed: what the gateway does while the feed is older than max_stale_seconds. introspect: the gateway asks the server about each token. refuse: the gateway answers 503.',
  }),
  'liveness.max_age_seconds': row({
    kind: wholeNumber(0, 86_400, 'seconds'),
    default: 0,
    doc: 'With introspect: the number of seconds for which the gateway reuses an answer of the server.',
  }),
  authorization: row({
    kind: choice('kept', 'forwarded'),
    default: 'kept',
    doc: 'forwarded: upstreams get the token of the request. kept: the gateway removes the token.',
  }),
  'limits.body_bytes': row({
    kind: wholeNumber(0, 1_073_741_824, 'bytes'),
    default: 2_097_152,
    doc: 'The largest request body in bytes. A larger body gets 413.',
  }),
  'limits.header_bytes': row({
    kind: wholeNumber(4096, 65_536, 'bytes'),
    default: 16_384,
    doc: 'The largest head of a request in bytes. A larger head gets 431.',
  }),
  'limits.connections': row({
    kind: wholeNumber(1, 1_000_000, 'number'),
    default: 10_000,
    doc: 'The largest number of client connections at the same time. The gateway closes further connections.',
  }),
  'limits.requests': row({
    kind: wholeNumber(1, 1_000_000, 'number'),
    default: 1000,
    doc: 'The largest number of open requests at the same time. Further requests get 503.',
  }),
  'timeouts.headers_seconds': row({
    kind: seconds,
    default: 10,
    doc: 'The time for a client to send its headers. After this time the client gets 408.',
  }),
  'timeouts.request_seconds': row({
    kind: seconds,
    default: 60,
    doc: 'The time for a client to send its whole request. After this time the client gets 408.',
  }),
  'timeouts.keep_alive_seconds': row({
    kind: seconds,
    default: 65,
    doc: 'How long a connection may wait for its next request.',
  }),
  'timeouts.connect_seconds': row({
    kind: seconds,
    default: 5,
    doc: 'The time for an upstream to accept a connection. After this time the client gets 504.',
  }),
  'timeouts.response_seconds': row({
    kind: seconds,
    default: 60,
    doc: 'The time for an upstream to begin its answer. After this time the client gets 504.',
  }),
  'timeouts.idle_seconds': row({
    kind: seconds,
    default: 300,
    doc: 'The longest pause within an answer. After this time the gateway closes the connection.',
  }),
  'timeouts.shutdown_delay_seconds': row({
    kind: wholeNumber(0, 3600, 'seconds'),
    default: 0,
    doc: 'How long the gateway continues to serve requests after a stop signal. During this time /readyz answers 503, and each connection is closed after its answer. Make it longer than the load balancer needs to notice the 503.',
  }),
  'timeouts.stop_seconds': row({
    kind: seconds,
    default: 10,
    doc: 'The time to finish open answers after a stop signal.',
  }),
  'log.level': row({
    kind: serverSettings.logLevel.kind,
    default: undefined,
    example: 'info',
    doc: 'The lowest level that is logged. Requests have the level info. The default is warn on a terminal, else info.',
  }),
  'log.format': row({
    kind: choice('json', 'pretty'),
    default: undefined,
    example: 'json',
    doc: 'The default is pretty on a terminal, and json elsewhere.',
  }),
} as const

export type GatewaySettingKey = keyof typeof gatewaySettings

type ValueOf<Row> = Row extends GatewaySetting<infer Value, infer Default> ? Value | Default : never

export type GatewayValues = { readonly [Key in GatewaySettingKey]: ValueOf<(typeof gatewaySettings)[Key]> }

/** Returns true if the name is the name of a setting. Returns false for the name of a level and for an unknown name. */
export const isGatewaySetting = (name: string): name is GatewaySettingKey => Object.hasOwn(gatewaySettings, name)

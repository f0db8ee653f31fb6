// The tables of all settings that are read from the environment. The reader, the help, docs/configuration.md and
// .env.example use these tables.
import { SIGNING_ALGORITHMS } from '../domain/signing-key.ts'
import {
  addressList,
  choice,
  host,
  networkList,
  onOff,
  path,
  pattern,
  port,
  webOrigin,
  wholeNumber,
} from './setting-kinds.ts'
import { plain, secret } from './setting.ts'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/**
 * 1 to 24 letters, digits, spaces, full stops, `_` and `-`. The first and the last character must be a letter or a
 * digit.
 */
const ENVIRONMENT_NAME = /^(?=.{1,24}$)[\p{L}\p{N}](?:[\p{L}\p{N} ._-]*[\p{L}\p{N}])?$/u

/**
 * The settings of `latchkey serve`. The name of each flag follows from its key: the flag of `publicUrl` is
 * `--public-url`.
 */
export const serverSettings = {
  host: plain({
    env: 'LATCHKEY_HOST',
    group: 'Listeners',
    kind: host,
    default: '127.0.0.1',
    defaultText: '127.0.0.1',
    doc: 'The address of the public listener (tokens, verification, metadata). An address other than loopback needs LATCHKEY_TLS_CERT_FILE, an https LATCHKEY_PUBLIC_URL or LATCHKEY_PUBLISHED_ON.',
  }),
  port: plain({
    env: 'LATCHKEY_PORT',
    alias: 'PORT',
    group: 'Listeners',
    kind: port,
    default: 8080,
    defaultText: '8080',
    doc: 'The port of the public listener. The server reads PORT if LATCHKEY_PORT is not set. 0 takes any free port.',
  }),
  publicUrl: plain({
    env: 'LATCHKEY_PUBLIC_URL',
    group: 'Listeners',
    kind: webOrigin,
    default: undefined,
    defaultText: 'made from the host and port of the public listener',
    example: 'https://auth.example.com',
    doc: 'The URL that clients use. It must be https, except on loopback. The issuer in every token begins with this URL, so a change of the URL ends all live tokens.',
  }),
  adminHost: plain({
    env: 'LATCHKEY_ADMIN_HOST',
    group: 'Listeners',
    kind: host,
    default: '127.0.0.1',
    defaultText: '127.0.0.1',
    doc: 'The address of the admin listener (console and admin API). An address other than loopback needs LATCHKEY_TLS_CERT_FILE, LATCHKEY_ADMIN_BEHIND_PROXY=on or LATCHKEY_PUBLISHED_ON. The listener answers only requests whose Host header is this address, the address at which the request arrived, or a loopback name.',
  }),
  adminPort: plain({
    env: 'LATCHKEY_ADMIN_PORT',
    group: 'Listeners',
    kind: port,
    default: 8081,
    defaultText: '8081',
    doc: 'The port of the admin listener. 0 takes any free port.',
  }),
  adminBehindProxy: plain({
    env: 'LATCHKEY_ADMIN_BEHIND_PROXY',
    group: 'Listeners',
    kind: onOff,
    default: false,
    defaultText: 'off',
    doc: 'on: a proxy in front of the admin listener terminates TLS. The listener may then listen beyond loopback without its own TLS. Set LATCHKEY_TRUSTED_PROXIES too: otherwise all operators have the address of the proxy, and the failed sign-ins of one operator lock all operators out.',
  }),
  publishedOn: plain({
    env: 'LATCHKEY_PUBLISHED_ON',
    group: 'Listeners',
    kind: choice('loopback'),
    default: undefined,
    defaultText: 'not set',
    example: 'loopback',
    doc: 'For a container. loopback: the ports of both listeners are published only on the loopback address of the host, as by docker run -p 127.0.0.1:8080:8080. The listeners may then speak plain HTTP on 0.0.0.0 inside the container. The server cannot check this. If the ports are published on any other address, they carry secrets and tokens in plain text. The admin listener then accepts a loopback name with any port as Host.',
  }),
  tlsCertFile: plain({
    env: 'LATCHKEY_TLS_CERT_FILE',
    group: 'Listeners',
    kind: path,
    default: undefined,
    defaultText: 'no TLS',
    example: '/etc/latchkey/tls.crt',
    doc: 'The certificate chain in PEM, the certificate of the server first. With a certificate the public listener uses TLS, and so does the admin listener beyond loopback.',
  }),
  tlsKeyFile: plain({
    env: 'LATCHKEY_TLS_KEY_FILE',
    group: 'Listeners',
    kind: path,
    default: undefined,
    defaultText: 'no TLS',
    example: '/etc/latchkey/tls.key',
    doc: 'The private key of the certificate, in PEM, without a passphrase.',
  }),
  trustedProxies: plain({
    env: 'LATCHKEY_TRUSTED_PROXIES',
    group: 'Listeners',
    kind: addressList,
    default: [],
    defaultText: 'none',
    example: '10.0.0.0/8,192.168.1.10',
    doc: 'The proxies whose X-Forwarded-For header the server trusts, as addresses or CIDR ranges with commas between them.',
  }),
  shutdownDelay: plain({
    env: 'LATCHKEY_SHUTDOWN_DELAY',
    group: 'Listeners',
    kind: wholeNumber(0, 3600, 'seconds'),
    default: undefined,
    defaultText: '5 with LATCHKEY_DATABASE_URL, else 0',
    example: '15',
    doc: 'How many seconds the server continues to serve requests after a stop signal, 0 to 3600. In this time /readyz answers 503, connections end with their answers, and a load balancer sends requests to other servers. Set a longer time than the health checks of the load balancer need to notice the 503.',
  }),
  keySourceNetworks: plain({
    env: 'LATCHKEY_KEY_SOURCE_NETWORKS',
    group: 'Tokens',
    kind: networkList,
    default: [],
    defaultText: 'none',
    example: '10.96.0.0/12,fd00:10:96::/112',
    doc: 'The networks from which the server may fetch the keys of trusted issuers, in addition to public addresses: for example the network of the API server of a cluster. The value is a list of addresses or CIDR ranges with commas between them. Link-local, multicast and unspecified addresses, and the metadata services of clouds, are never allowed.',
  }),
  authServerId: plain({
    env: 'LATCHKEY_AUTH_SERVER_ID',
    group: 'Tokens',
    kind: pattern(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 letters, digits, _ or -', 'id'),
    default: 'ausao8uveaPmyhv0v357',
    defaultText: 'ausao8uveaPmyhv0v357',
    doc: 'The id of the authorization server, which is a part of its URLs. The issuer is {public URL}/oauth2/{id}.',
  }),
  audience: plain({
    env: 'LATCHKEY_AUDIENCE',
    group: 'Tokens',
    kind: pattern(
      /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/,
      '1 to 256 printable ASCII characters without space, " or \\',
      'uri',
    ),
    default: 'api://default',
    defaultText: 'api://default',
    doc: 'The aud of tokens, for every scope that has no audience of its own. Changing it ends all live tokens.',
  }),
  tokenLifetime: plain({
    env: 'LATCHKEY_TOKEN_LIFETIME',
    group: 'Tokens',
    kind: wholeNumber(5, 86_400, 'seconds'),
    default: 3600,
    defaultText: '3600',
    doc: 'The lifetime of a token in seconds, 5 to 86400.',
  }),
  signingAlg: plain({
    env: 'LATCHKEY_SIGNING_ALG',
    group: 'Tokens',
    kind: choice(...SIGNING_ALGORITHMS),
    default: 'RS256',
    defaultText: 'RS256',
    doc: 'The algorithm that signs tokens. Every verifier supports RS256. ES256 and EdDSA sign several times as fast.',
  }),
  jwksMaxAge: plain({
    env: 'LATCHKEY_JWKS_MAX_AGE',
    group: 'Tokens',
    kind: wholeNumber(1, 86_400, 'seconds'),
    default: 300,
    defaultText: '300',
    doc: 'How many seconds verifiers may cache the published keys, 1 to 86400. A rotation publishes the new key and waits for twice this time before the key signs. If the value is below 30, a verifier that rarely looks for unknown keys may miss the new key.',
  }),
  auditRetention: plain({
    env: 'LATCHKEY_AUDIT_RETENTION',
    group: 'Data and keys',
    kind: wholeNumber(0, 36_500, 'days'),
    default: 400,
    defaultText: '400',
    doc: 'How many days the server keeps the audit trail, 0 to 36500. 0 keeps it permanently. The server removes older events and puts a signed checkpoint in their place, so that the other events can still be verified. If you must keep the events longer, export the trail before the server removes them.',
  }),
  dataDir: plain({
    env: 'LATCHKEY_DATA_DIR',
    group: 'Data and keys',
    kind: path,
    default: '.latchkey',
    defaultText: '.latchkey',
    doc: 'The folder of the embedded store, the admin key file and, unless another setting names it, the master key. Only one server at a time can use the folder. Servers on one database have a folder each. The command line finds the running server through this folder.',
  }),
  masterKey: secret({
    env: 'LATCHKEY_MASTER_KEY',
    group: 'Data and keys',
    defaultText: 'the file master.key in the data folder, made at the first start',
    doc: '32 random bytes, from which the server derives all other keys. An attacker who has this key and the store knows all secrets and can forge tokens, so keep the key apart from backups.',
  }),
  databaseUrl: secret({
    env: 'LATCHKEY_DATABASE_URL',
    group: 'Data and keys',
    defaultText: 'the embedded store in the data folder',
    doc: 'The PostgreSQL database (postgres://user:password@host:5432/database) that any number of servers share. All servers with the same database, master key and settings serve the same integrations. It needs LATCHKEY_MASTER_KEY. The data folder then contains no data.',
  }),
  databaseFailover: plain({
    env: 'LATCHKEY_DATABASE_FAILOVER',
    group: 'Data and keys',
    kind: choice('asynchronous', 'synchronous'),
    default: 'asynchronous',
    defaultText: 'asynchronous',
    doc: 'The kind of replication to the standby that takes over after a failover of the database. asynchronous: the last tokens may be lost with the old database server, so Latchkey refuses every token that was issued before the failover, and clients request new tokens. synchronous: the standby has every acknowledged token, so tokens stay live. While synchronous_standby_names is empty, Latchkey answers no request.',
  }),
  secretReveal: plain({
    env: 'LATCHKEY_SECRET_REVEAL',
    group: 'Data and keys',
    kind: choice('operators', 'never'),
    default: 'operators',
    defaultText: 'operators',
    doc: 'operators: the server also keeps a sealed copy of each client secret, so that an operator can show it again. never: the server erases the sealed copies and shows each secret once.',
  }),
  demo: plain({
    env: 'LATCHKEY_DEMO',
    group: 'Data and keys',
    kind: onOff,
    default: true,
    defaultText: 'on',
    doc: 'Whether the first start creates a demo integration.',
  }),
  environment: plain({
    env: 'LATCHKEY_ENVIRONMENT',
    group: 'Console',
    kind: pattern(ENVIRONMENT_NAME, '1 to 24 letters, digits, spaces, full stops, _ or -', 'name'),
    default: undefined,
    defaultText: 'no badge',
    example: 'Production',
    doc: 'The name of the environment, such as Production or Staging. The console shows it as a badge on every page, so that operators see which server they change. Only signed-in operators see it.',
  }),
  environmentColor: plain({
    env: 'LATCHKEY_ENVIRONMENT_COLOR',
    group: 'Console',
    kind: choice('gray', 'green', 'blue', 'violet', 'orange', 'red'),
    default: 'gray',
    defaultText: 'gray',
    doc: 'The colour of the badge of LATCHKEY_ENVIRONMENT in the console.',
  }),
  logLevel: plain({
    env: 'LATCHKEY_LOG_LEVEL',
    group: 'Logs',
    kind: choice(...LOG_LEVELS),
    default: undefined,
    defaultText: 'warn when standard error is a terminal, else info',
    example: 'info',
    doc: 'The lowest level that is logged. Logs go to standard error and contain no token and no secret.',
  }),
  logFormat: plain({
    env: 'LATCHKEY_LOG_FORMAT',
    group: 'Logs',
    kind: choice('json', 'pretty'),
    default: undefined,
    defaultText: 'pretty when standard error is a terminal, else json',
    example: 'json',
    doc: 'json writes one object per line. pretty is for a terminal.',
  }),
} as const

/** The settings of the commands that administer a running server. */
export const clientSettings = {
  adminUrl: plain({
    env: 'LATCHKEY_ADMIN_URL',
    group: 'Command line',
    kind: webOrigin,
    default: undefined,
    defaultText: 'the server that is running on the data folder, else http://127.0.0.1 and LATCHKEY_ADMIN_PORT',
    example: 'https://admin.example.com',
    doc: 'The URL of the admin listener that the command line uses. It must be https, except on loopback.',
  }),
  adminKey: secret({
    env: 'LATCHKEY_ADMIN_KEY',
    group: 'Command line',
    defaultText: 'the file admin.key in the data folder',
    doc: 'The admin key that the command line sends.',
  }),
  dataDir: serverSettings.dataDir,
} as const

/** The settings of the commands that request a token as a client. */
export const tokenClientSettings = {
  clientId: plain({
    env: 'LATCHKEY_CLIENT_ID',
    group: 'Command line',
    kind: pattern(/^[\x20-\x7e]{1,256}$/, '1 to 256 printable ASCII characters', 'id'),
    default: undefined,
    defaultText: 'none',
    example: 'lk0123456789abcd',
    doc: 'The client ID that latchkey token request and latchkey gateway use.',
  }),
  clientSecret: secret({
    env: 'LATCHKEY_CLIENT_SECRET',
    group: 'Command line',
    defaultText: 'read from standard input',
    doc: 'The client secret that latchkey token request and latchkey gateway use. Set this, LATCHKEY_CLIENT_PRIVATE_KEY_FILE or LATCHKEY_CLIENT_ASSERTION_FILE.',
  }),
  clientPrivateKeyFile: plain({
    env: 'LATCHKEY_CLIENT_PRIVATE_KEY_FILE',
    group: 'Command line',
    kind: path,
    default: undefined,
    defaultText: 'none',
    example: '/etc/latchkey/client.pem',
    doc: 'The private key with which latchkey token request and latchkey gateway sign an assertion for each request, in PEM, without a passphrase. Only the owner and the group of the file may have rights to the file. The key ID at the server must be the thumbprint of the key, which is the default.',
  }),
  clientAssertionFile: plain({
    env: 'LATCHKEY_CLIENT_ASSERTION_FILE',
    group: 'Command line',
    kind: path,
    default: undefined,
    defaultText: 'none',
    example: '/var/run/secrets/latchkey/token',
    doc: 'The file with an assertion that authenticates the client, such as a token that Kubernetes writes to a file. latchkey token request and latchkey gateway read the file again for each request.',
  }),
} as const

export const allSettings = { ...serverSettings, ...clientSettings, ...tokenClientSettings } as const

export type ServerSettingKey = keyof typeof serverSettings

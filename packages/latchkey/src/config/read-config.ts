// Reads the configuration of a server from flags and environment variables. Reports all problems at once.
import { parseAddressRange } from '../domain/address-ranges.ts'
import { resolve } from 'node:path'
import { accept, refuse, type Result, type Secret } from '@latchkey/protocol'
import { MasterKeyError, readMasterKey } from '../keys/master-key.ts'
import { type Config, listenerUrl, type TlsMaterial } from './config.ts'
import type { ConfigProblem } from './config-problem.ts'
import { readDatabaseUrl } from './database-url.ts'
import type { Environment } from './environment.ts'
import { type Listening, listeningProblems } from './listening-rules.ts'
import { isLoopback } from './loopback.ts'
import { type Flags, type Origin, readSettings, type SettingsRead } from './read-settings.ts'
import type { SecretSource } from './setting.ts'
import { type ServerSettingKey, serverSettings } from './settings.ts'
import { settingsInForce } from './settings-in-force.ts'
import { readTlsMaterial } from './tls-material.ts'

/** The flags by the key of their setting. `--listen-all` means `--host 0.0.0.0`. */
export type ServerFlags = Flags<typeof serverSettings> & { readonly listenAll?: true }

export interface ConfigSources {
  readonly env: Environment
  readonly flags: ServerFlags
}

type ServerSettingsRead = SettingsRead<typeof serverSettings>

/**
 * Returns the configuration, or all its problems. A flag overrides its variable, and a variable overrides the default.
 */
export function readConfig(sources: ConfigSources): Result<Config, readonly ConfigProblem[]> {
  const read = readServerSettings(sources)
  const { tlsCertFile, tlsKeyFile } = read.values
  const tls = readTlsMaterial({ certFile: tlsCertFile, keyFile: tlsKeyFile })
  const database = readDatabaseUrl(read.unreadable.has('databaseUrl') ? undefined : read.values.databaseUrl)
  const problems = [
    ...read.problems,
    ...masterKeyProblems(read.values.masterKey),
    ...(tls.ok ? [] : tls.refusal),
    ...(database.ok ? [] : [database.refusal]),
    ...missingMasterKey(read),
    ...colorWithoutName(read),
    ...relations(read),
  ]
  if (problems.length > 0 || !tls.ok || !database.ok) return refuse(problems)
  return accept(toConfig(read, tls.value, database.value))
}

/** Returns each setting with its origin, for `latchkey config print`. */
export function readServerSettings({ env, flags: { listenAll, ...flags } }: ConfigSources): ServerSettingsRead {
  if (listenAll === undefined) return readSettings(serverSettings, { env, flags })
  const read = readSettings(serverSettings, { env, flags: { ...flags, host: '0.0.0.0' } })
  const origins = { ...read.origins, host: 'flag --listen-all' as const }
  if (flags.host === undefined) return { ...read, origins }
  const twice = { setting: '--listen-all', problem: 'and --host are both given', cure: 'Keep one of them.' }
  return { ...read, origins, problems: [...read.problems, twice] }
}

// Checks a master key that is in the variable. A master key in a file is checked later, by the code that also checks
// the permissions of the file.
function masterKeyProblems(source: SecretSource | undefined): readonly ConfigProblem[] {
  if (source?.kind !== 'text') return []
  try {
    readMasterKey(source.value.reveal())
    return []
  } catch (cause) {
    if (!(cause instanceof MasterKeyError)) throw cause
    return [{ setting: serverSettings.masterKey.env, problem: 'is not a master key', cure: cause.message }]
  }
}

// Servers on one database must have the same master key. Without this rule, each server would generate a master key of
// its own and could not decrypt the values that another server encrypted.
function missingMasterKey({ values, unreadable }: ServerSettingsRead): readonly ConfigProblem[] {
  const isGiven = values.masterKey !== undefined || unreadable.has('masterKey')
  if (values.databaseUrl === undefined || isGiven) return []
  const cure =
    'Make a key with "openssl rand -base64 32" and give the same key to every server on this database, in this variable or in LATCHKEY_MASTER_KEY_FILE. If the store was copied from a data folder, use the file master.key of that folder.'
  return [{ setting: serverSettings.masterKey.env, problem: 'must be given with LATCHKEY_DATABASE_URL', cure }]
}

function colorWithoutName({ values, origins, unreadable }: ServerSettingsRead): readonly ConfigProblem[] {
  const isNamed = values.environment !== undefined || unreadable.has('environment')
  if (isNamed || origins.environmentColor === 'default') return []
  const cure = 'Set LATCHKEY_ENVIRONMENT to the name of the environment, or remove the colour.'
  const setting = nameAsGiven('environmentColor', origins.environmentColor)
  return [{ setting, problem: 'is the colour of a badge that has no name', cure }]
}

// Skips the rules if one of these settings could not be read, because the setting then has a default value that the
// operator did not choose.
function relations({ values, origins, unreadable }: ServerSettingsRead): readonly ConfigProblem[] {
  if (LISTENING.some((key) => unreadable.has(key))) return []
  const problems = listeningProblems({ ...values, tls: values.tlsCertFile === undefined ? 'none' : 'given' })
  return problems.map((problem) => ({ ...problem, setting: nameAsGiven(problem.setting, origins[problem.setting]) }))
}

/**
 * Returns the name of the flag or variable that set the value. For a default value, returns the name of the variable.
 */
const nameAsGiven = (key: ServerSettingKey, origin: Origin): string =>
  origin === 'default' ? serverSettings[key].env : origin.slice(origin.indexOf(' ') + 1)

const LISTENING = [
  'host',
  'port',
  'publicUrl',
  'adminHost',
  'adminPort',
  'adminBehindProxy',
  'publishedOn',
] as const satisfies readonly (keyof Listening)[]

/**
 * The default shutdown delay of servers on a shared database, in seconds. A server with an embedded store has no delay,
 * because no other server could take over its clients.
 */
const SHUTDOWN_DELAY_OF_ONE_OF_SEVERAL = 5

function toConfig(read: ServerSettingsRead, tls: TlsMaterial | undefined, database: Secret | undefined): Config {
  const { values } = read
  const { host, port, adminHost, adminPort, authServerId } = values
  const publicListener = Object.freeze({ host, port, ...(tls && { tls }) })
  return Object.freeze({
    publicListener,
    adminListener: Object.freeze({
      host: adminHost,
      port: adminPort,
      behindProxy: values.adminBehindProxy,
      publishedOn: values.publishedOn,
      // The admin listener uses no TLS on loopback, because the certificate is for a public name and clients on
      // loopback would reject it.
      ...(tls && !isLoopback(adminHost) && { tls }),
    }),
    publicUrl: values.publicUrl ?? (port === 0 ? undefined : listenerUrl(publicListener, port)),
    issuerFor: (publicUrl: string) => `${publicUrl}/oauth2/${authServerId}`,
    authServerId,
    audience: values.audience,
    tokenLifetimeSeconds: values.tokenLifetime,
    signingAlg: values.signingAlg,
    jwksMaxAgeSeconds: values.jwksMaxAge,
    auditRetentionDays: values.auditRetention,
    masterKey: values.masterKey ?? { kind: 'data-folder' as const },
    store:
      database === undefined
        ? { kind: 'embedded' as const }
        : { kind: 'postgres' as const, url: database, failover: values.databaseFailover },
    secretReveal: values.secretReveal,
    environment:
      values.environment === undefined
        ? undefined
        : Object.freeze({ name: values.environment, color: values.environmentColor }),
    shutdownDelaySeconds: values.shutdownDelay ?? (database === undefined ? 0 : SHUTDOWN_DELAY_OF_ONE_OF_SEVERAL),
    dataDir: resolve(values.dataDir),
    trustedProxies: values.trustedProxies,
    keySourceNetworks: values.keySourceNetworks.flatMap((text) => {
      const range = parseAddressRange(text)
      return range.ok ? range.value : []
    }),
    log: Object.freeze({ level: values.logLevel ?? defaultLogLevel(), format: values.logFormat ?? defaultLogFormat() }),
    demo: values.demo,
    settings: settingsInForce(read),
  })
}

/**
 * The default on a terminal is `warn`, so that log lines do not push the start message with the set-up link off the
 * screen.
 */
export const defaultLogLevel = () => (process.stderr.isTTY ? ('warn' as const) : ('info' as const))

export const defaultLogFormat = () => (process.stderr.isTTY ? ('pretty' as const) : ('json' as const))

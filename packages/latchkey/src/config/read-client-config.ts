// Reads the configuration that a command needs to administer a running server: the server's URL and an admin key.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { accept, refuse, type Result, Secret } from '@latchkey/protocol'
import type { ConfigProblem } from './config-problem.ts'
import type { Environment } from './environment.ts'
import { isLoopback } from './loopback.ts'
import { readSettings } from './read-settings.ts'
import { readAdminUrl } from './server-file.ts'
import { webOrigin } from './setting-kinds.ts'
import type { SecretSource } from './setting.ts'
import { clientSettings, serverSettings } from './settings.ts'

export interface ClientConfig {
  /** The URL of the admin listener: an origin, without a slash at its end. */
  readonly adminUrl: string
  readonly adminKey: Secret
}

const { adminPort } = serverSettings
const settings = { ...clientSettings, adminPort }
// Allows only characters that an HTTP header can contain. With any other character, the error of `fetch` would quote
// the key.
const KEY_SHAPE = /^[\x21-\x7e]{1,256}$/

export function readClientConfig(env: Environment): Result<ClientConfig, readonly ConfigProblem[]> {
  const { values, problems } = readSettings(settings, { env, flags: {} })
  const dataDir = resolve(values.dataDir)
  const adminUrl = values.adminUrl ?? recordedUrl(dataDir) ?? localUrl(values.adminPort)
  const key = readKey(values.adminKey ?? { kind: 'file', path: join(dataDir, 'admin.key') })
  const all = [...problems, ...keyInTheClear(adminUrl), ...(key.ok || problems.length > 0 ? [] : [key.refusal])]
  return all.length > 0 || !key.ok ? refuse(all) : accept({ adminUrl, adminKey: key.value })
}

/**
 * Returns the URL of the admin listener. Refuses a URL to which the command line would not send an admin key. Works
 * without an admin key.
 */
export function readAdminTarget(env: Environment): Result<string, readonly ConfigProblem[]> {
  const { values, problems } = readSettings(settings, { env, flags: {} })
  const adminUrl = values.adminUrl ?? recordedUrl(resolve(values.dataDir)) ?? localUrl(values.adminPort)
  const all = [...problems, ...keyInTheClear(adminUrl)]
  return all.length > 0 ? refuse(all) : accept(adminUrl)
}

const recordedUrl = (dataDir: string): string | undefined => webOrigin.parse(readAdminUrl(dataDir) ?? '')

// If the port is 0, the server takes any free port, which the command line cannot know. The default port is then a
// guess.
const localUrl = (port: number): string => `http://127.0.0.1:${String(port === 0 ? adminPort.default : port)}`

function keyInTheClear(adminUrl: string): readonly ConfigProblem[] {
  const { protocol, hostname } = new URL(adminUrl)
  if (protocol === 'https:' || isLoopback(hostname)) return []
  const problem = `is ${adminUrl}: the command line does not send an admin key in plain text beyond loopback`
  return [
    {
      setting: clientSettings.adminUrl.env,
      problem,
      cure: 'Use an https URL, or run this on the machine of the server.',
    },
  ]
}

function readKey(source: SecretSource): Result<Secret, ConfigProblem> {
  const { env } = clientSettings.adminKey
  if (source.kind === 'text') {
    const problem = { setting: env, problem: 'is not an admin key', cure: 'Copy the key again, without spaces.' }
    return KEY_SHAPE.test(source.value.reveal()) ? accept(source.value) : refuse(problem)
  }
  const text = textOf(source.path)
  if (text !== undefined && KEY_SHAPE.test(text)) return accept(new Secret(text))
  return refuse({
    setting: env,
    problem: `is not set, and ${source.path} ${text === undefined ? 'cannot be read' : 'contains no admin key'}`,
    cure: `Run this command in the folder where the server was first started, set LATCHKEY_DATA_DIR to its data folder, or set ${env}.`,
  })
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trimEnd()
  } catch {
    return undefined
  }
}

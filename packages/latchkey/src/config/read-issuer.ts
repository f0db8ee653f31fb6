// Reads the issuer URL for commands that act as a client: the URL in the flag `--issuer`, or the issuer of the server
// that uses the data folder.
import { resolve } from 'node:path'
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { ConfigProblem } from './config-problem.ts'
import type { Environment } from './environment.ts'
import { isLoopback } from './loopback.ts'
import { readSettings } from './read-settings.ts'
import { readPublicUrl } from './server-file.ts'
import { webOrigin } from './setting-kinds.ts'
import { serverSettings } from './settings.ts'

const { publicUrl, authServerId, dataDir, port } = serverSettings

/**
 * Returns the issuer URL without a slash at its end, or the problems.
 * @param given the URL in the flag `--issuer`, which overrides the configuration
 */
export function readIssuer(env: Environment, given: string | undefined): Result<string, readonly ConfigProblem[]> {
  const { values, problems } = readSettings({ publicUrl, authServerId, dataDir, port }, { env, flags: {} })
  if (problems.length > 0) return refuse(problems)
  if (given !== undefined) return checked('--issuer', given)
  const recorded = webOrigin.parse(readPublicUrl(resolve(values.dataDir)) ?? '')
  const origin = values.publicUrl ?? recorded ?? localUrl(values.port)
  return checked(publicUrl.env, `${origin}/oauth2/${values.authServerId}`)
}

// If the port is 0, the server takes any free port, which the command line cannot know. The default port is then a
// guess.
const localUrl = (given: number): string => `http://127.0.0.1:${String(given === 0 ? port.default : given)}`

// Refuses a plain http URL beyond loopback, because commands send client secrets and tokens to the URL.
function checked(setting: string, text: string): Result<string, readonly ConfigProblem[]> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.href.search(/[?#]/) >= 0 ||
    `${url.username}${url.password}` !== ''
  ) {
    const problem = 'must be the http or https URL of an issuer, without query and fragment'
    return refuse([{ setting, problem, cure: 'Copy it from "issuer" in the metadata of the server.' }])
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    const problem = `leads to ${url.origin}: the command line does not send secrets and tokens in plain text beyond loopback`
    return refuse([{ setting, problem, cure: 'Use an https URL.' }])
  }
  return accept(text.replace(/\/+$/, ''))
}

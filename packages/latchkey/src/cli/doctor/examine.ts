// Runs all checks of latchkey doctor: configuration, files, both listeners, credentials, issuer.
import { resolve } from 'node:path'
import type { ConfigProblem } from '../../config/config-problem.ts'
import type { Environment } from '../../config/environment.ts'
import { readAdminTarget, readClientConfig } from '../../config/read-client-config.ts'
import { readIssuer } from '../../config/read-issuer.ts'
import { readSettings } from '../../config/read-settings.ts'
import { serverSettings } from '../../config/settings.ts'
import { adminRequest } from '../admin-api/admin-request.ts'
import { CliFailure } from '../cli-failure.ts'
import { examineCredentials } from './credentials.ts'
import { examineDatabase } from './database.ts'
import { examineFiles } from './files.ts'
import { type Finding, ok, problem } from './finding.ts'
import { examineIssuer } from './issuer.ts'
import { examineLog } from './log.ts'
import { examineListener, examineVersion } from './listeners.ts'
import { examineProxies } from './proxies.ts'
import { examinePublished } from './published.ts'

/** Returns the findings in the order in which to fix them. A failed check is a finding, not an exception. */
export async function examine(env: Environment): Promise<readonly Finding[]> {
  const { dataDir } = readSettings({ dataDir: serverSettings.dataDir }, { env, flags: {} }).values
  const admin = readAdminTarget(env)
  const issuer = readIssuer(env, undefined)
  const configuration = [...(admin.ok ? [] : admin.refusal), ...(issuer.ok ? [] : issuer.refusal)]
  const cure = 'Set LATCHKEY_DATA_DIR or LATCHKEY_ADMIN_URL to those of a running server, or start one.'
  const publicCure =
    'Start the server, or the proxy in front of it. Or set LATCHKEY_DATA_DIR or LATCHKEY_PUBLIC_URL to those of a running server.'
  const findings = [...configurationFindings(configuration), ...examineFiles(resolve(dataDir))]
  findings.push(...(await examineLog(resolve(dataDir))))
  if (admin.ok) {
    findings.push(...(await examineListener('admin listener', admin.value, cure)))
    findings.push(await examineVersion(admin.value), await examineKey(env))
    findings.push(...(await examineProxies(env)), ...(await examinePublished(env)), ...(await examineDatabase(env)))
    findings.push(...(await examineCredentials(env)))
  }
  if (issuer.ok) {
    findings.push(...(await examineListener('public listener', new URL(issuer.value).origin, publicCure)))
    findings.push(await examineIssuer(issuer.value))
  }
  return findings
}

function configurationFindings(problems: readonly ConfigProblem[]): readonly Finding[] {
  const names = new Set(problems.map(({ setting }) => setting))
  if (names.size === 0) return [ok('settings', 'usable for the command line')]
  return [...names].map((name) => {
    const found = problems.find(({ setting }) => setting === name)
    return problem('settings', `${name} ${found?.problem ?? ''}`, found?.cure ?? '')
  })
}

async function examineKey(env: Environment): Promise<Finding> {
  const check = 'admin key'
  const config = readClientConfig(env)
  if (!config.ok) {
    const [first] = config.refusal
    return problem(check, `${first?.setting ?? ''} ${first?.problem ?? ''}`, first?.cure ?? '')
  }
  try {
    await adminRequest(config.value, { method: 'GET', path: '/admin/v1/integrations?limit=1' })
    return ok(check, 'accepted')
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error
    const [found = '', cure = 'Fix the admin listener first.'] = error.message.split('\n')
    return problem(check, found, error.code === 'admin_key_needed' ? KEY_CURE : cure)
  }
}

const KEY_CURE =
  'Set LATCHKEY_ADMIN_KEY_FILE to the file of a valid key, or LATCHKEY_DATA_DIR to the data folder of the server.'

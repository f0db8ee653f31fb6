// Reads the configuration file of an agent.
import { ownSecretOf } from '@latchkey/credentials'
import { accept, isScope, refuse, type Result, type Secret } from '@latchkey/protocol'
import type { AgentConfig, AgentIntegration, AgentProblem, AgentProxy, AgentStore } from './agent-config.ts'
import { ConfigNode } from './config-node.ts'
import { NO_SECRET, PROOF_SETTINGS, readCredentials, readSecret } from './read-agent-credentials.ts'
import { readOrMakeAgentKey } from './secret-file.ts'

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

/**
 * Returns the configuration, or all its problems. Also reads the secrets from the files that the configuration names.
 *
 * @param content the parsed content of the file
 * @param defaultSocket the path of the Unix socket if the file contains no path
 */
export function readAgentConfig(content: unknown, defaultSocket: string): Result<AgentConfig, readonly AgentProblem[]> {
  const problems: AgentProblem[] = []
  const file = new ConfigNode('', content, problems)
  const at = file.mapping(['socket', 'http', 'agent_key_file', 'store', 'integrations', 'proxies'])
  const integrations = at('integrations').list().map(readIntegration)
  if (integrations.length === 0) at('integrations').complain('is empty', 'Name the integrations that the agent serves.')
  unique(at('integrations'), integrations)
  const proxies = at('proxies')
    .list()
    .map((node) => readProxy(node, integrations))
  unique(at('proxies'), proxies)
  const http = at('http').isThere ? { port: at('http').mapping(['port'])('port').wholeNumber(0, 65_535) } : undefined
  const needsKey = http !== undefined || proxies.some(({ listen }) => 'port' in listen)
  const agentKey = needsKey ? readKey(at('agent_key_file')) : undefined
  const store = readStore(at('store'))
  // Tokens in a shared store are encrypted. An integration that authenticates with assertions of its platform has no
  // secret to encrypt them with, so it needs a sealing key.
  const needsSealingKey = integrations.some(({ credentials }) => ownSecretOf(credentials) === undefined)
  if (needsSealingKey && store.kind !== 'memory' && store.sealingKey === undefined) {
    at('store').complain('needs sealing_key_file', 'Name a file with at least 16 random characters, which seal tokens.')
  }
  const config = {
    socket: at('socket').isThere ? at('socket').text() : defaultSocket,
    ...(http && { http }),
    ...(agentKey && { agentKey }),
    store,
    integrations,
    proxies,
  }
  return problems.length > 0 ? refuse(problems) : accept(config)
}

function readIntegration(node: ConfigNode): AgentIntegration {
  const names = [
    'name',
    'issuer',
    'token_url',
    'client_id',
    ...PROOF_SETTINGS,
    'scopes',
    'parameters',
    'refresh_before_seconds',
  ]
  const at = node.mapping(names)
  if (at('issuer').isThere === at('token_url').isThere) {
    node.complain('needs either issuer or token_url', 'Set the setting that the documentation of the server names.')
  }
  const endpoint = at('token_url').isThere
    ? { tokenUrl: readUrl(at('token_url')) }
    : { issuer: at('issuer').isThere ? readUrl(at('issuer')).replace(/\/$/, '') : '' }
  const scopes = at('scopes')
    .list()
    .map((scope) => scope.text())
  if (scopes.length === 0) at('scopes').complain('is empty', 'Name the scopes that need tokens.')
  for (const scope of scopes) {
    if (scope !== '' && !isScope(scope))
      at('scopes').complain(`has ${JSON.stringify(scope)}`, 'Give each scope its own entry.')
  }
  const audience = at('audience').isThere ? at('audience').text() : 'issuer' in endpoint ? endpoint.issuer : undefined
  return {
    name: at('name').text(),
    endpoint,
    clientId: at('client_id').text(),
    credentials: readCredentials(node, at, audience),
    ...(audience !== undefined && { audience }),
    scopes,
    parameters: at('parameters').isThere ? at('parameters').oneOf(['body', 'query']) : 'body',
    refreshBeforeSeconds: at('refresh_before_seconds').isThere
      ? at('refresh_before_seconds').wholeNumber(0, 86_400)
      : 300,
  }
}

function readProxy(node: ConfigNode, integrations: readonly AgentIntegration[]): AgentProxy {
  const at = node.mapping(['name', 'port', 'socket', 'upstream', 'integration', 'scope'])
  if (at('port').isThere === at('socket').isThere) {
    node.complain('needs either port or socket', 'Set a port on loopback, or the path of a socket.')
  }
  const upstream = readUrl(at('upstream'))
  if (upstream !== '' && new URL(upstream).origin !== upstream.replace(/\/$/, '')) {
    at('upstream').complain('must be an origin', 'Remove the path: the requests have their own.')
  }
  const [integration, scope] = [at('integration').text(), at('scope').text()]
  const owner = integrations.find(({ name }) => name === integration)
  if (integration !== '' && owner === undefined) {
    at('integration').complain('is none of the integrations', 'Use a name from the list integrations.')
  } else if (owner !== undefined && scope !== '' && !owner.scopes.includes(scope)) {
    at('scope').complain(
      'is not among the scopes of that integration',
      'Add the scope to the integration, or use one of the scopes of the integration.',
    )
  }
  const listen = at('socket').isThere
    ? { socket: at('socket').text() }
    : { port: at('port').isThere ? at('port').wholeNumber(0, 65_535) : 0 }
  return { name: at('name').text(), listen, upstream: upstream.replace(/\/$/, ''), integration, scope }
}

function readStore(node: ConfigNode): AgentStore {
  if (!node.isThere) return { kind: 'memory' }
  const at = node.mapping(['folder', 'valkey', 'valkey_password_file', 'sealing_key_file'])
  if (at('folder').isThere === at('valkey').isThere) {
    node.complain('needs either folder or valkey', 'Remove store to keep tokens in memory.')
  }
  const sealing = at('sealing_key_file').isThere && { sealingKey: readSecret(at('sealing_key_file')) }
  if (at('folder').isThere) return { kind: 'folder', folder: at('folder').text(), ...sealing }
  const url = at('valkey').isThere ? at('valkey').text() : ''
  if (url !== '' && !isValkeyUrl(url)) {
    at('valkey').complain('must be redis://host:port or rediss://host:port', 'Set a password in valkey_password_file.')
  }
  const password = at('valkey_password_file').isThere ? readSecret(at('valkey_password_file')) : undefined
  return { kind: 'valkey', url, ...(password && { password }), ...sealing }
}

const isValkeyUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, password } = new URL(text)
  return ['redis:', 'rediss:', 'valkey:', 'valkeys:'].includes(protocol) && hostname !== '' && password === ''
}

/** Reads a URL to which the agent sends secrets and tokens. Accepts http only on loopback. */
function readUrl(node: ConfigNode): string {
  const text = node.text()
  if (text === '') return ''
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname))
  if (url !== undefined && isSafe && url.username === '' && url.password === '') return text
  node.complain('must be an https URL, or http on loopback', 'Secrets and tokens must not be sent in clear text.')
  return ''
}

function readKey(node: ConfigNode): Secret {
  if (!node.isThere) {
    node.complain(
      'is missing, and the agent listens on loopback',
      'Name a file. The agent creates it if it does not exist.',
    )
    return NO_SECRET
  }
  const path = node.text()
  if (path === '') return NO_SECRET
  const read = readOrMakeAgentKey(path)
  if (read.ok) return read.value
  node.complain(read.refusal.problem, read.refusal.cure)
  return NO_SECRET
}

function unique(node: ConfigNode, entries: readonly { readonly name: string }[]): void {
  const names = entries.map(({ name }) => name).filter((name) => name !== '')
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) node.complain(`has ${JSON.stringify(twice)} twice`, 'Give each entry its own name.')
}

// Reads the client ID and the credential of a gateway from the environment.
import { readFileSync } from 'node:fs'
import { type ClientCredentials, loadCredentials, PrivateFileError } from '@latchkey/credentials'
import { accept, refuse, type Result, Secret } from '@latchkey/protocol'
import { type ClientProof, readClientProof } from './client-proof.ts'
import type { ConfigProblem } from './config-problem.ts'
import type { Environment } from './environment.ts'
import type { GatewayConfig } from './gateway-config.ts'
import { irregularFile, readSettings } from './read-settings.ts'
import type { SecretSource } from './setting.ts'
import { tokenClientSettings } from './settings.ts'

const { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET } = tokenClientSettings
const KEY_FILE = tokenClientSettings.clientPrivateKeyFile.env
const ASSERTION_FILE = tokenClientSettings.clientAssertionFile.env

// Allows only characters that an HTTP header can contain. With any other character, the error of a request would quote
// the secret.
const SECRET_SHAPE = /^[\x20-\x7e]{1,256}$/

/**
 * Returns the client ID and the credential. Undefined if neither is set and the gateway never sends requests to the
 * server. Otherwise refuses if one of them is missing.
 */
export function readGatewayCredentials(
  env: Environment,
  mode: GatewayConfig['liveness']['mode'],
): Result<GatewayConfig['credentials'], readonly ConfigProblem[]> {
  const { values, problems } = readSettings(tokenClientSettings, { env, flags: {} })
  if (problems.length > 0) return refuse(problems)
  const proof = readClientProof(values)
  if (!proof.ok) return refuse([proof.refusal])
  const { clientId } = values
  if (clientId === undefined && proof.value === undefined && mode === 'until-expiry') return accept(undefined)
  if (clientId === undefined || proof.value === undefined) {
    return refuse([
      ...(clientId === undefined ? [{ setting: CLIENT_ID.env, problem: 'is not set', cure: ID_CURE }] : []),
      ...(proof.value === undefined ? [{ setting: CLIENT_SECRET.env, problem: 'is not set', cure: PROOF_CURE }] : []),
    ])
  }
  const credentials = credentialsOf(proof.value)
  return credentials.ok ? accept({ clientId, ...credentials.value }) : refuse([credentials.refusal])
}

const ID_CURE = 'Set it to the client ID of an integration with the resource-server right.'
const PROOF_CURE = `Set it to the secret of the integration, or set ${KEY_FILE} or ${ASSERTION_FILE}.`

function credentialsOf(proof: ClientProof): Result<ClientCredentials, ConfigProblem> {
  switch (proof.kind) {
    case 'secret':
      return secretIn(proof.source)
    case 'key':
      return keyIn(proof.path)
    case 'assertion':
      // The gateway reads the file for each request, so the file need not exist at the start.
      return accept({ assertionFile: proof.path })
  }
}

function secretIn(source: SecretSource): Result<ClientCredentials, ConfigProblem> {
  const irregular = source.kind === 'file' ? irregularFile(`${CLIENT_SECRET.env}_FILE`, source.path) : undefined
  if (irregular !== undefined) return refuse(irregular)
  const text = source.kind === 'text' ? source.value.reveal() : readFileSync(source.path, 'utf8')
  if (SECRET_SHAPE.test(text.trim())) return accept({ clientSecret: new Secret(text.trim()) })
  return refuse({
    setting: CLIENT_SECRET.env,
    problem: 'contains no client secret: it must be 1 to 256 printable ASCII characters',
    cure: 'Copy the secret again.',
  })
}

function keyIn(privateKey: string): Result<ClientCredentials, ConfigProblem> {
  try {
    return accept(loadCredentials({ privateKey }))
  } catch (cause) {
    if (cause instanceof PrivateFileError) {
      const problem = `names ${JSON.stringify(privateKey)}, which ${cause.problem}`
      return refuse({ setting: KEY_FILE, problem, cure: cause.cure })
    }
    return refuse({
      setting: KEY_FILE,
      problem: `cannot be used: ${(cause as Error).message}`,
      cure: 'Name a P-256, Ed25519 or RSA key (2048, 3072 or 4096 bits) in PEM, without a passphrase.',
    })
  }
}

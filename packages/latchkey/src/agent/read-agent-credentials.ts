// Reads the credentials of the agent's integrations, and the other secrets that its configuration file names.
import { type ClientCredentials, githubActions, loadCredentials, PrivateFileError } from '@latchkey/credentials'
import { Secret } from '@latchkey/protocol'
import type { ConfigNode } from './config-node.ts'
import { problemOf, readSecretFile } from './secret-file.ts'

/**
 * The placeholder for a secret that could not be read. It is never used, because a configuration with problems is
 * refused.
 */
export const NO_SECRET = new Secret('')

/** The settings of an integration that configure its credential. */
export const PROOF_SETTINGS = [
  'client_secret_file',
  'private_key_file',
  'key_id',
  'assertion_file',
  'github_actions',
  'audience',
] as const

/** An integration must have exactly one of these settings. */
const KINDS = ['client_secret_file', 'private_key_file', 'assertion_file', 'github_actions'] as const

/**
 * Reads the credential of an integration. Records a problem unless exactly one of the settings in `KINDS` is present.
 *
 * @param audience the audience of assertions. Undefined if the configuration does not contain it
 */
export function readCredentials(
  node: ConfigNode,
  at: (name: string) => ConfigNode,
  audience: string | undefined,
): ClientCredentials {
  const [kind, ...others] = KINDS.filter((name) => at(name).isThere)
  if (kind === undefined || others.length > 0) {
    node.complain(`needs exactly one of ${KINDS.join(', ')}`, 'Keep the setting for the credential of the client.')
    return { clientSecret: NO_SECRET }
  }
  if (audience === undefined && (kind === 'private_key_file' || kind === 'github_actions')) {
    node.complain('needs audience in addition to token_url', 'Set it to "issuer" in the metadata of the server.')
  }
  switch (kind) {
    case 'client_secret_file':
      return { clientSecret: readSecret(at(kind)) }
    case 'assertion_file':
      return { assertionFile: at(kind).text() }
    case 'private_key_file':
      return readPrivateKey(at(kind), at('key_id'))
    case 'github_actions':
      at(kind).onlyTrue()
      return githubActions({ audience: audience ?? '' })
  }
}

function readPrivateKey(file: ConfigNode, keyId: ConfigNode): ClientCredentials {
  const privateKey = file.text()
  if (privateKey === '') return { clientSecret: NO_SECRET }
  try {
    return loadCredentials({ privateKey, ...(keyId.isThere && { keyId: keyId.text() }) })
  } catch (cause) {
    const { problem, cure } =
      cause instanceof PrivateFileError
        ? problemOf(privateKey, cause)
        : { problem: `cannot be used: ${(cause as Error).message}`, cure: 'Name a private key in PEM.' }
    file.complain(problem, cure)
    return { clientSecret: NO_SECRET }
  }
}

/** Reads the secret from the file that the setting names. */
export function readSecret(node: ConfigNode): Secret {
  const path = node.text()
  if (path === '') return NO_SECRET
  const read = readSecretFile(path)
  if (read.ok) return read.value
  node.complain(read.refusal.problem, read.refusal.cure)
  return NO_SECRET
}

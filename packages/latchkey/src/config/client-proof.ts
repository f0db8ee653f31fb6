// Reads from the settings with which credential a client authenticates: a secret, a private key or an assertion.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { ConfigProblem } from './config-problem.ts'
import type { SecretSource, ValuesOf } from './setting.ts'
import { tokenClientSettings } from './settings.ts'

export type ClientProof =
  | { readonly kind: 'secret'; readonly source: SecretSource }
  | { readonly kind: 'key'; readonly path: string }
  | { readonly kind: 'assertion'; readonly path: string }

/** Returns the credential that the settings name. Undefined if they name no credential. Refuses several credentials. */
export function readClientProof({
  clientSecret,
  clientPrivateKeyFile,
  clientAssertionFile,
}: ValuesOf<typeof tokenClientSettings>): Result<ClientProof | undefined, ConfigProblem> {
  const found: readonly (readonly [ClientProof, string])[] = [
    ...(clientSecret === undefined ? [] : [[{ kind: 'secret', source: clientSecret }, nameOf(clientSecret)] as const]),
    ...(clientPrivateKeyFile === undefined
      ? []
      : [[{ kind: 'key', path: clientPrivateKeyFile }, tokenClientSettings.clientPrivateKeyFile.env] as const]),
    ...(clientAssertionFile === undefined
      ? []
      : [[{ kind: 'assertion', path: clientAssertionFile }, tokenClientSettings.clientAssertionFile.env] as const]),
  ]
  const [first, ...others] = found
  if (first === undefined) return accept(undefined)
  const [proof, setting] = first
  if (others.length === 0) return accept(proof)
  const problem = `is set, and so ${others.length === 1 ? 'is' : 'are'} ${others.map(([, name]) => name).join(' and ')}`
  return refuse({ setting, problem, cure: 'Keep one of them: a client authenticates with one credential.' })
}

const nameOf = ({ kind }: SecretSource): string =>
  kind === 'file' ? `${tokenClientSettings.clientSecret.env}_FILE` : tokenClientSettings.clientSecret.env

// Reads the keys of a manifest. A key is a JWK in the manifest itself or in a file that the manifest names.
import { dirname, resolve } from 'node:path'
import { hasPrivateMembers } from '@latchkey/protocol'
import { unusable } from '../cli-failure.ts'
import { readPublicKey } from '../public-key.ts'
import { STANDARD_INPUT } from '../read-input.ts'
import type { Terminal } from '../terminal.ts'

type Members = Readonly<Record<string, unknown>>

/**
 * Returns the integrations with the key of each `file` as `jwk`. A path is relative to the folder of the manifest, or
 * to the working folder if the manifest is standard input. Throws `CliFailure` for a private key, before any part of
 * the manifest is sent.
 */
export async function withKeysOfFiles(
  terminal: Terminal,
  path: string,
  integrations: readonly Members[],
): Promise<readonly Members[]> {
  const folder = path === STANDARD_INPUT ? '.' : dirname(path)
  const read = async (key: unknown, pointer: string): Promise<unknown> => {
    if (typeof key !== 'object' || key === null) return key
    const { file, jwk, ...others } = key as { readonly file?: unknown; readonly jwk?: unknown }
    if (file === undefined) {
      if (typeof jwk === 'object' && jwk !== null && hasPrivateMembers(jwk)) throw privateKeyAt(pointer)
      return key
    }
    if (typeof file !== 'string' || jwk !== undefined) {
      throw unusable(`${pointer} must have a jwk, or a file with the path of one, and not both.`)
    }
    return { ...others, jwk: await readPublicKey(terminal, resolve(folder, file)) }
  }
  const entries: Members[] = []
  for (const [index, entry] of integrations.entries()) {
    const { keys } = entry
    if (!Array.isArray(keys)) {
      entries.push(entry)
      continue
    }
    const given: unknown[] = []
    for (const [place, key] of keys.entries()) {
      given.push(await read(key, `/integrations/${String(index)}/keys/${String(place)}`))
    }
    entries.push({ ...entry, keys: given })
  }
  return entries
}

const privateKeyAt = (pointer: string) =>
  unusable(
    `${pointer}: The JWK has private members, so the private key is exposed. Generate a new key pair, and put only its public key in the manifest.`,
  )

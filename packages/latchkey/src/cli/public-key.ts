// Reads a public key from a file with a JWK (RFC 7517) or with PEM. Converts PEM to a JWK.
import { createPublicKey } from 'node:crypto'
import { hasPrivateMembers } from '@latchkey/protocol'
import { unusable } from './cli-failure.ts'
import { readInput } from './read-input.ts'
import type { Terminal } from './terminal.ts'

const WHAT = 'a public key as a JWK or as PEM'

/**
 * Returns the public key as a JWK. Throws `CliFailure` if the file holds a private key, so that the command does not
 * send it.
 */
export async function readPublicKey(terminal: Terminal, path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readInput(terminal, path, { what: WHAT })
  if (text.includes('PRIVATE KEY')) throw privateKey(path)
  const jwk = text.startsWith('{') ? parsed(text) : converted(text)
  if (jwk === undefined) throw unusable(`${path} does not contain ${WHAT}.`)
  if (hasPrivateMembers(jwk)) throw privateKey(path)
  return jwk
}

const privateKey = (path: string) =>
  unusable(
    `${path} contains a private key. It stays with the client, and was not sent. Give the public key: openssl pkey -in ${path} -pubout`,
  )

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}

function converted(pem: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return { ...createPublicKey(pem).export({ format: 'jwk' }) }
  } catch {
    return undefined
  }
}

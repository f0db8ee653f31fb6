// Reads a small JSON body of a request to the agent.
import type { IncomingMessage } from 'node:http'
import { repeatedMember } from '@latchkey/protocol'

const MOST_BYTES = 16 * 1024

/** Returns undefined if the body is larger than 16 KiB, is not a JSON object, or has a member twice. */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  try {
    const text = Buffer.concat(chunks).toString('utf8')
    const value: unknown = JSON.parse(text)
    const isSound = typeof value === 'object' && value !== null && repeatedMember(text) === undefined
    return isSound ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined // The caller learns the expected form.
  }
}

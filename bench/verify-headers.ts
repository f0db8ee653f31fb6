// Reads the headers of an answer of the verify endpoint, so that a bare server can send the same number of bytes
// without verifying a token.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'

// Node adds these headers to every answer.
const ADDED_BY_NODE = new Set(['date', 'connection', 'keep-alive'])

/** Returns names and values, alternating, in the order sent. Throws if the first token of the file is not accepted. */
export async function headersOfVerify(url: URL, tokensFile: string): Promise<readonly string[]> {
  const [token = ''] = readFileSync(tokensFile, 'utf8').split('\n')
  const requested = request(url, { headers: { authorization: `Bearer ${token}` } })
  requested.end()
  const [answer] = (await once(requested, 'response')) as [IncomingMessage]
  answer.resume()
  if (answer.statusCode !== 200) throw new Error(`verify answered ${String(answer.statusCode)}`)
  const { rawHeaders } = answer
  return rawHeaders.filter((_, i) => !ADDED_BY_NODE.has((rawHeaders[i - (i % 2)] ?? '').toLowerCase()))
}

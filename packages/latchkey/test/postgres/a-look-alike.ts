// A proxy in front of PostgreSQL that changes the text of queries, so that the server behaves like another product.
import { connect, type Socket } from 'node:net'
import { aRelay } from './a-relay.ts'
import { atPort } from './databases.ts'

/** Returns the changed text of a query. */
export type Rewrite = (query: string) => string

/** A server whose advisory locks always succeed and never lock. */
export const withoutLocks: Rewrite = (query) =>
  query
    .replaceAll(/pg_try_advisory_\w+\(\d+\)/g, 'true')
    .replaceAll(/pg_advisory_(?:xact_)?(?:un)?lock(?:_shared)?\(\d+\)/g, 'true')

/** A server that gives this answer to `SELECT version()`. */
export const withVersion =
  (version: string): Rewrite =>
  (query) =>
    query.replaceAll('version()', `'${version}'`)

/** Forwards connections to the database at `url` until the test ends. Returns the URL of the proxy. */
export async function aLookAlike(url: string, rewrite: Rewrite): Promise<string> {
  const { port } = await aRelay((near, keep) => {
    const far = connect(Number(new URL(url).port), '127.0.0.1')
    keep(far)
    far.pipe(near)
    near.on('close', () => far.destroy())
    forwardRewritten(near, far, rewrite)
  })
  return atPort(url, port)
}

/** The type byte of a simple query. */
const QUERY = 'Q'.charCodeAt(0)

/** Splits the stream into the messages of PostgreSQL's protocol, and rewrites the text of each simple query. */
function forwardRewritten(near: Socket, far: Socket, rewrite: Rewrite): void {
  let rest = Buffer.alloc(0)
  let isStarted = false
  near.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes])
    for (;;) {
      // The first message has no type byte. The length counts its own four bytes and not the type byte.
      const head = isStarted ? 1 : 0
      if (rest.length < head + 4) return
      const end = head + rest.readInt32BE(head)
      if (rest.length < end) return
      const message = rest.subarray(0, end)
      rest = rest.subarray(end)
      far.write(isStarted && message[0] === QUERY ? rewritten(message, rewrite) : message)
      isStarted = true
    }
  })
}

function rewritten(message: Buffer, rewrite: Rewrite): Buffer {
  const text = Buffer.from(`${rewrite(message.toString('utf8', 5, message.length - 1))}\0`)
  const head = Buffer.alloc(5)
  head[0] = QUERY
  head.writeInt32BE(text.length + 4, 1)
  return Buffer.concat([head, text])
}

// A plain file server for a folder, under a path. It has no index pages for folders and rewrites no address.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}

export interface FileServer {
  /** The URL of the folder, with a slash at its end. */
  readonly url: string
  close(): Promise<void>
}

export async function serveFiles(folder: string, below: string): Promise<FileServer> {
  const server = createServer((request, response) => {
    void (async () => {
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname)
      const inside = path.startsWith(below) ? normalize(path.slice(below.length)) : '..'
      const file = inside.startsWith('..') ? undefined : await readFile(join(folder, inside)).catch(() => undefined)
      const type = TYPES[extname(path)] ?? 'text/plain; charset=utf-8'
      if (file === undefined) response.writeHead(404).end()
      else response.writeHead(200, { 'content-type': type }).end(file)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${String(port)}${below}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

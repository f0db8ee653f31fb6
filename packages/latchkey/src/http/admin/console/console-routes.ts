// The console: one page for all of its paths, and the files that the page loads.
import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FileFolder } from '../../../program-files.ts'
import type { AdminServer } from '../admin-server.ts'
import { acceptEncodingOf, sendDocument } from '../documents/encoded-document.ts'
import { notFound, sendProblem } from '../problems/problem.ts'
import { openConsoleFiles } from './console-files.ts'
import { addDocsRoute } from './docs-route.ts'

/**
 * The paths of the console. The server answers each path with the same page, and the script of the page decides what to
 * show.
 */
export const CONSOLE_ROUTES = [
  ...['/models', '/models/*', '/platform', '/platform/*', '/activity', '/activity/*', '/settings', '/settings/*'],
  ...['/set-up', '/sign-in'],
] as const

export interface ConsolePorts {
  /** The files of the built console. Undefined if the console was not built. */
  readonly console: FileFolder
}

const WHAT_THIS_IS = `This is the admin listener of Latchkey: the admin API is under /admin/v1, for holders of an admin key.
The same from a terminal: latchkey integrations list
`

const NONCE_PLACE = '<meta name="csp-nonce" content="'

/** Allows no inline script, and no request to another host. */
const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

export function addConsoleRoutes(app: AdminServer, { console: folder }: ConsolePorts): void {
  const files = openConsoleFiles(folder)
  const schema = { hide: true }
  const sendText = (reply: FastifyReply) => reply.type('text/plain; charset=utf-8').send(WHAT_THIS_IS)
  const sendPage = (reply: FastifyReply) => {
    if (files === undefined) return sendText(reply)
    const nonce = randomBytes(16).toString('base64')
    return reply
      .header('content-security-policy', policy(nonce))
      .type('text/html; charset=utf-8')
      .send(files.page.replace(NONCE_PLACE, `${NONCE_PLACE}${nonce}`))
  }

  app.get('/', { schema }, (request, reply) => {
    void reply.header('vary', 'accept')
    // A client that accepts no HTML, such as a terminal, gets plain text instead of the page.
    return wantsPage(request) ? sendPage(reply) : sendText(reply)
  })
  // If the address is mistyped, the browser gets the console, which says that it has no such page.
  app.setNotFoundHandler((request, reply) =>
    request.method === 'GET' && wantsPage(request) && !request.url.startsWith('/admin/')
      ? sendPage(reply.code(404).header('vary', 'accept'))
      : sendProblem(reply, NO_SUCH_ROUTE),
  )
  for (const url of CONSOLE_ROUTES) app.get(url, { schema }, (_request, reply) => sendPage(reply))

  addDocsRoute(app, files)
  app.get('/assets/*', { schema }, async (request, reply) => {
    const { '*': name } = request.params as { readonly '*': string }
    const asset = await files?.file(`assets/${name}`, acceptEncodingOf(request))
    return asset === undefined
      ? sendProblem(reply, NO_SUCH_ASSET)
      : sendDocument(request, reply, { document: asset, cacheControl: IMMUTABLE })
  })
}

const wantsPage = ({ headers: { accept } }: FastifyRequest): boolean => accept?.includes('text/html') === true

/** The cache header for a file whose name contains a hash of its content. */
const IMMUTABLE = 'public, max-age=31536000, immutable'

const NO_SUCH_ROUTE = notFound('unknown_route', 'No route has this method and path. The admin API is under /admin/v1.')

const NO_SUCH_ASSET = notFound('unknown_route', 'The console has no such file. Reload the page.')

// The pages of the documentation, which the build of the console renders: GET /docs/*.
import type { AdminServer } from '../admin-server.ts'
import { acceptEncodingOf, REVALIDATED, sendContent, sendDocument } from '../documents/encoded-document.ts'
import { notFound, sendProblem } from '../problems/problem.ts'
import type { ConsoleFiles } from './console-files.ts'

/**
 * Allows no script. `sandbox` gives the pages an origin of their own, so even a script that got into a page could not
 * use the session of the console.
 */
const POLICY = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; sandbox"

const INDEX = 'all-pages.html'
const NOT_FOUND = 'not-found.html'

/** `files` is undefined if the console was not built. */
export function addDocsRoute(app: AdminServer, files: ConsoleFiles | undefined): void {
  app.get('/docs/*', { schema: { hide: true } }, async (request, reply) => {
    const { '*': name } = request.params as { readonly '*': string }
    const encoding = acceptEncodingOf(request)
    const found = await files?.file(`docs/${name === '' ? INDEX : name}`, encoding)
    const document = found ?? (await files?.file(`docs/${NOT_FOUND}`, encoding))
    if (document === undefined) return sendProblem(reply, NO_DOCUMENTATION)
    void reply.header('content-security-policy', POLICY)
    if (found !== undefined) return sendDocument(request, reply, { document, cacheControl: REVALIDATED })
    return sendContent(reply.code(404).header('vary', 'accept-encoding'), document)
  })
}

const NO_DOCUMENTATION = notFound('unknown_route', 'This build of the server has no documentation.')

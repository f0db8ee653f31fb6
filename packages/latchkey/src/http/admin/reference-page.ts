// GET /docs: the reference of the admin API for people. Everything it needs comes from this listener, and the browser is
// told to ask nobody else.
import { readFile } from 'node:fs/promises'
import type { AdminServer } from './admin-server.ts'
import { OPENAPI_PATH } from './openapi.ts'

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Latchkey admin API</title>
</head>
<body>
<div id="reference"></div>
<script src="/docs/reference.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

/** Without these the page would offer services of its maker, and ask other hosts for fonts. */
const CONFIGURATION = {
  url: OPENAPI_PATH,
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  telemetry: false,
}

const START = `Scalar.createApiReference('#reference', ${JSON.stringify(CONFIGURATION)})\n`

/** Scripts are files of ours, none stands in the page. Styles are made by the script as it goes. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const JAVASCRIPT = 'text/javascript; charset=utf-8'

export function addReferencePage(app: AdminServer): void {
  const schema = { hide: true }
  app.get('/docs', { schema }, (_request, reply) =>
    reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(PAGE),
  )
  app.get('/docs/start.js', { schema }, (_request, reply) => reply.type(JAVASCRIPT).send(START))
  // Megabytes that hardly anybody asks for: read when they are, and not kept.
  app.get('/docs/reference.js', { schema }, async (_request, reply) =>
    reply.type(JAVASCRIPT).send(await readFile(referenceScript())),
  )
}

/** The bundle for browsers inside the package that also has a plugin, whose routes would answer to every origin. */
const referenceScript = (): URL => new URL('js/standalone.js', import.meta.resolve('@scalar/fastify-api-reference'))

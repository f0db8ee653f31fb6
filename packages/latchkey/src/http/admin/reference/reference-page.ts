// GET /docs: the reference of the admin API as a web page without scripts, made from the OpenAPI document.
import type { AdminServer } from '../admin-server.ts'
import { acceptEncodingOf, prepareDocument, REVALIDATED, sendDocument } from '../documents/encoded-document.ts'
import { escaped, marked, paragraphs, textPagePolicy } from '../documents/html.ts'
import { OPENAPI_PATH } from '../openapi/openapi.ts'
import type { ApiDocument } from './api-document.ts'
import { anchorOf, methodMark, type NamedOperation, operationSection } from './operation-html.ts'
import { STYLE } from './style.ts'

const POLICY = textPagePolicy(STYLE)

export function addReferencePage(app: AdminServer): void {
  const page = prepareDocument('text/html; charset=utf-8', () => referencePage(app.swagger() as unknown as ApiDocument))
  app.get('/docs', { schema: { hide: true } }, async (request, reply) => {
    void reply.header('content-security-policy', POLICY)
    return sendDocument(request, reply, {
      document: await page(acceptEncodingOf(request)),
      cacheControl: REVALIDATED,
    })
  })
}

const EXAMPLE = `curl --header "Authorization: Bearer $ADMIN_KEY" "$LATCHKEY_ADMIN_URL/admin/v1/integrations"`

export function referencePage(document: ApiDocument): string {
  const { info, tags, paths, components } = document
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): NamedOperation => ({ method, path, operation })),
  )
  const groups = tags.map(({ name, description }) => ({
    ...{ name, description },
    operations: operations.filter(({ operation }) => operation.tags.includes(name)),
  }))
  const proofs = Object.values(components.securitySchemes).map(({ description }) => `<li>${marked(description)}</li>`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(info.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<nav aria-label="Operations">
<a href="#introduction">Introduction</a> · <a href="/">Console</a>
${groups.map(({ name, operations }) => `<h2>${escaped(name)}</h2><ul>${operations.map(navigationItem).join('')}</ul>`).join('\n')}
</nav>
<main id="introduction">
<h1>${escaped(info.title)}</h1>
<p class="role">Version ${escaped(info.version)} · <a href="${OPENAPI_PATH}">OpenAPI document</a> · <a href="/problems">Problems</a></p>
${paragraphs(info.description)}
<h2>Authentication</h2>
<ul>${proofs.join('')}</ul>
<p>With an admin key in <code>ADMIN_KEY</code>, and the address of this server, such as http://127.0.0.1:8081, in <code>LATCHKEY_ADMIN_URL</code>:</p>
<pre>${escaped(EXAMPLE)}</pre>
${groups.map((group) => `<h2>${escaped(group.name)}</h2>\n<p>${marked(group.description)}</p>\n${group.operations.map((named) => operationSection(named, components)).join('\n')}`).join('\n')}
</main>
</body>
</html>
`
}

const navigationItem = (named: NamedOperation): string =>
  `<li><a href="#${anchorOf(named)}">${methodMark(named.method)} ${escaped(named.operation.summary)}</a></li>`

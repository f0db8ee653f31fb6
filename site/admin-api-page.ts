// The reference of the admin API, made from the OpenAPI document by the same code as the server's page at /docs.
import { escaped, marked, paragraphs } from '../packages/latchkey/src/http/admin/documents/html.ts'
import type { ApiDocument } from '../packages/latchkey/src/http/admin/reference/api-document.ts'
import {
  anchorOf,
  methodMark,
  type NamedOperation,
  operationSection,
} from '../packages/latchkey/src/http/admin/reference/operation-html.ts'
import { OPENAPI, outputOf } from './address.ts'
import type { Page } from './page.ts'
import { readText } from './root.ts'

export function adminApiPage(): Page {
  const { info, tags, paths, components } = JSON.parse(readText(OPENAPI)) as ApiDocument
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): NamedOperation => ({ method, path, operation })),
  )
  const groups = tags.map(({ name, description }) => ({
    ...{ name, description, anchor: `tag-${name.toLowerCase().replaceAll(/\W+/g, '-')}` },
    operations: operations.filter(({ operation }) => operation.tags.includes(name)),
  }))
  const proofs = Object.values(components.securitySchemes).map(({ description }) => `<li>${marked(description)}</li>`)
  const html = `<h1>${escaped(info.title)}</h1>
<p>Version ${escaped(info.version)} · <a href="openapi.json">OpenAPI document</a> · <a href="/problems">Problems</a></p>
${paragraphs(info.description)}
<h2 id="who-may-call-it">Who may call it</h2>
<ul>${proofs.join('')}</ul>
${groups
  .map(
    ({ name, description, anchor, operations }) => `<h2 id="${anchor}">${escaped(name)}</h2>
<p>${marked(description)}</p>
<ul class="operations">${operations.map(listItem).join('')}</ul>
<div class="operation">${operations.map((named) => operationSection(named, components)).join('\n')}</div>`,
  )
  .join('\n')}`
  return {
    source: OPENAPI,
    output: outputOf(OPENAPI),
    title: info.title,
    html: withLinksOfSite(html),
    headings: [
      { level: 2, text: 'Who may call it', anchor: 'who-may-call-it' },
      ...groups.map(({ name, anchor }) => ({ level: 2, text: name, anchor })),
    ],
    sections: operations.map((named) => ({
      heading: named.operation.summary,
      anchor: anchorOf(named),
      text: `${named.method.toUpperCase()} ${named.path} ${named.operation.description ?? ''}`.replaceAll('`', ''),
    })),
    linked: [],
    files: new Map([[OPENAPI, 'openapi.json']]),
  }
}

const listItem = (named: NamedOperation): string =>
  `<li><a href="#${anchorOf(named)}">${methodMark(named.method)} ${escaped(named.operation.summary)}</a></li>`

/** The descriptions link to pages of the admin listener. Throws if the site has no page for one. */
const withLinksOfSite = (html: string): string =>
  html.replaceAll(/href="(\/[^"#]*)/g, (_, path: string) => {
    if (path === '/problems') return 'href="problems.html'
    throw new Error(`${OPENAPI} links to ${path}, which the site does not have`)
  })

// GET /problems: the page that explains each problem code. The `type` of a problem is an anchor of this page.
// docs/problems.md has the same text.
import type { AdminServer } from '../admin-server.ts'
import { acceptEncodingOf, prepareDocument, REVALIDATED, sendDocument } from '../documents/encoded-document.ts'
import { escaped, textPagePolicy } from '../documents/html.ts'
import { type ProblemEntry, PROBLEMS } from './problem-catalog.ts'

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
section { border-top: 1px solid #8886; padding: .5rem 0 }
section:target { border-left: 4px solid #2a7; padding-left: 1rem }
h2 { font-size: 1.1rem; margin: .5rem 0 } h2 a { color: inherit; text-decoration: none }
`

const POLICY = textPagePolicy(STYLE)

export function addProblemPage(app: AdminServer): void {
  const page = prepareDocument('text/html; charset=utf-8', problemPage)
  app.get('/problems', { schema: { hide: true } }, async (request, reply) => {
    void reply.header('content-security-policy', POLICY)
    return sendDocument(request, reply, {
      document: await page(acceptEncodingOf(request)),
      cacheControl: REVALIDATED,
    })
  })
}

function problemPage(): string {
  const entries = Object.entries(PROBLEMS).map(([code, entry]) => entrySection(code, entry))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Problems of the Latchkey admin API</title>
<style>${STYLE}</style>
</head>
<body>
<p><a href="/">Console</a> · <a href="/docs">Admin API reference</a></p>
<h1>Problems</h1>
<p>The admin API answers with a problem document (RFC 9457) when it refuses a request or fails. The <code>code</code> of the document is one of these. A refused request changes nothing. The <a href="/docs">reference</a> lists the problems of each request.</p>
${entries.join('\n')}
</body>
</html>
`
}

const entrySection = (code: string, { status, title, meaning, cure }: ProblemEntry): string =>
  `<section id="${code}">
<h2><a href="#${code}"><code>${code}</code></a></h2>
<p><strong>${String(status)}, ${escaped(title)}.</strong> ${escaped(meaning)}</p>
<p>What to do: ${escaped(cure)}</p>
</section>`

const MARKDOWN_INTRODUCTION = `<!-- Made by \`npm run generate\` from problem-catalog.ts and resource-problems.ts in packages/latchkey/src/http/admin/problems; edit those. -->

# Problems

The admin API answers with a problem document (RFC 9457) when it refuses a request or fails. The \`code\` of the document
is one of these. A refused request changes nothing. A server shows the same page at \`/problems\` of its admin listener,
and the \`type\` of a problem links to its entry there.`

/** Returns the text of docs/problems.md, for readers without a server. */
export function problemMarkdown(): string {
  const entries = Object.entries(PROBLEMS).map(
    ([code, { status, title, meaning, cure }]) =>
      `## ${code}\n\n**${String(status)}, ${title}.** ${meaning}\n\nWhat to do: ${cure}`,
  )
  return `${[MARKDOWN_INTRODUCTION, ...entries].join('\n\n')}\n`
}

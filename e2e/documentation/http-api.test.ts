// docs/http-api.md: the server answers every example request with the answer that the page shows.
import { expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { createIntegration } from '../integrations.ts'
import { startRealServer } from '../real-server.ts'
import { readPage, ROOT } from './page.ts'
import { aShell } from './shell.ts'

const page = readPage('docs/http-api.md')

interface Message {
  readonly head: readonly string[]
  /** The body of the answer on the page. Undefined if the page shows no body. */
  readonly body: unknown
}

function messageOf(text: string): Message {
  if (text.startsWith('{')) return { head: [], body: JSON.parse(text) }
  const [head = '', body = ''] = text.replaceAll('\r\n', '\n').split('\n\n')
  return { head: head.split('\n').map((line) => line.trimEnd()), body: body === '' ? undefined : JSON.parse(body) }
}

/**
 * The names of the members of a document and of the objects inside it. They are the part of an example that never
 * varies.
 */
function namesIn(value: unknown): unknown {
  // The length of a list of counts depends on the hour.
  if (Array.isArray(value)) return value.length > 0 && value.every(isNumber) ? 'numbers' : value.map(namesIn)
  if (typeof value !== 'object' || value === null) return null
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, namesIn(inner)]))
}

const isNumber = (value: unknown): boolean => typeof value === 'number'

/** The pattern for a line of the page. `…` matches text that differs between servers. */
const lineLike = (quoted: string): RegExp =>
  new RegExp(
    `^${quoted
      .split('…')
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
  )

test.skipIf(!has('curl'))('the example requests of the page get the answers that the page shows', async () => {
  const server = await startRealServer()
  const { clientId, clientSecret } = await createIntegration(server)
  const shell = aShell({ cwd: ROOT, env: { CLIENT_ID: clientId, CLIENT_SECRET: clientSecret.reveal() } })
  const examples = page.blocks.filter(({ language }) => language === 'sh')
  expect(examples.length).toBeGreaterThan(12)
  for (const example of examples) {
    const command = example.text
      .replaceAll('http://127.0.0.1:8080', server.publicUrl)
      .replaceAll('http://127.0.0.1:8081', server.adminUrl)
      .replaceAll('.latchkey/', `${server.dataDir}/`)
    const { status, stdout } = await shell.run(command)
    expect(status, command).toBe(0)
    const shown = page.blocks[page.blocks.indexOf(example) + 1]
    if (shown?.section !== example.section || shown.language === 'sh') continue
    const expected = messageOf(shown.text)
    const actual = messageOf(stdout)
    for (const line of expected.head) expect(actual.head, command).toContainEqual(expect.stringMatching(lineLike(line)))
    expect(namesIn(actual.body), command).toEqual(namesIn(expected.body))
  }
})

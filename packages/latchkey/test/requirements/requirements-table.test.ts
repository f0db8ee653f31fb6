// Compares docs/requirements.md with the tests. Every clause in the document has a test, and every test of a clause is
// in the document.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const document = readFileSync(join(import.meta.dirname, '../../../../docs/requirements.md'), 'utf8')

/**
 * The form of a clause's name: `RFC` and number, or `OIDCD` for OpenID Connect Discovery, then the section, and a number
 * within the section.
 */
const CLAUSE = /^(?:RFC\d{4}|OIDCD)-[\dA-Z.]+-\d+$/

interface Row {
  readonly clause: string
  readonly title: string
  readonly file: string
}

/** Returns the rows of the document. A table belongs to the test file that the document names before the table. */
function documented(): readonly Row[] {
  const rows: Row[] = []
  let file = ''
  for (const line of document.split('\n')) {
    file = /\(\.\.\/packages\/latchkey\/test\/requirements\/([\w.-]+)\)/.exec(line)?.[1] ?? file
    const [clause, , title] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    if (clause !== undefined && title !== undefined && CLAUSE.test(clause)) rows.push({ clause, title, file })
  }
  return rows
}

function tested(): readonly Row[] {
  return globSync('*.test.ts', { cwd: import.meta.dirname }).flatMap((file) => {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8')
    return [...source.matchAll(/^test\('((?:RFC|OIDCD)[^:']+): ([^']+)'/gm)].map(([, clause = '', title = '']) => {
      return { clause, title, file }
    })
  })
}

const byClause = (rows: readonly Row[]) => rows.toSorted((a, b) => (a.clause < b.clause ? -1 : 1))

test('the requirements document and the tests name the same clauses, with the same titles, in the same files', () => {
  expect(documented().length).toBeGreaterThan(80)
  expect(byClause(documented())).toEqual(byClause(tested()))
})

test('the requirements document names each clause once, in the expected format', () => {
  const clauses = documented().map(({ clause }) => clause)
  expect(clauses.filter((clause, i) => clauses.indexOf(clause) !== i)).toEqual([])
  expect(tested().filter(({ clause }) => !CLAUSE.test(clause))).toEqual([])
})

test('every requirement test names its clause', () => {
  for (const file of globSync('*.test.ts', { cwd: import.meta.dirname })) {
    if (file === 'requirements-table.test.ts') continue
    const source = readFileSync(join(import.meta.dirname, file), 'utf8')
    expect(source.match(/^test\((?!'(?:RFC|OIDCD))/gm), file).toBeNull()
  }
})

// Checks the layout of the whole repository: the import table, and the form of files and folders.
import { globSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { describe, expect, test } from 'vitest'
import { breaches } from './architecture-rules.ts'

const root = join(import.meta.dirname, '../../../..')
const PLACES = ['packages/*/{src,test}/**/*.{ts,tsx}', '{e2e,bench,examples}/**/*.ts']

test('every file of the repository follows the rules', () => {
  const paths = globSync(PLACES, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] })
  const files = paths.map((path) => ({
    path: path.split(sep).join('/'),
    text: readFileSync(join(root, path), 'utf8'),
  }))
  expect(files.map(({ path }) => path)).toContain('packages/latchkey/test/unit/architecture.test.ts')
  expect(breaches(files)).toEqual([])
})

const latchkey = (path: string, code: string) => ({
  path: `packages/latchkey/src/${path}`,
  text: `// A file.\n${code}\n`,
})
const protocol = (path: string, code: string) => ({
  path: `packages/protocol/src/${path}`,
  text: `// A file.\n${code}\n`,
})

describe('a violation is reported:', () => {
  test.each([
    ['protocol imports anything', protocol('scope.ts', `import 'node:util'`), 'protocol may not import node:util'],
    [
      'protocol reaches into the server',
      protocol('scope.ts', `import type { Slot } from '../../latchkey/src/domain/slot.ts'`),
      '../../latchkey/src/domain/slot.ts leaves the package other than by a door',
    ],
    [
      'the server reaches past the door of protocol',
      latchkey('domain/slot.ts', `import { a } from '../../../protocol/src/scope.ts'`),
      '../../../protocol/src/scope.ts leaves the package other than by a door',
    ],
    [
      'domain uses Node',
      latchkey('domain/slot.ts', `import { hash } from 'node:crypto'`),
      'domain may not import node:crypto',
    ],
    [
      'domain uses a port',
      latchkey('domain/slot.ts', `import type { Clock } from '../ports/clock.ts'`),
      'domain may not import ports (../ports/clock.ts)',
    ],
    [
      'a port imports a value',
      latchkey('ports/slots.ts', `import { standing } from '../domain/standing.ts'`),
      'a port imports types only, not ../domain/standing.ts',
    ],
    [
      'an operation uses an adapter',
      latchkey('operations/issue-token.ts', `export { open } from '../storage/open-store.ts'`),
      'operations may not import storage (../storage/open-store.ts)',
    ],
    [
      'an operation uses a package',
      latchkey('operations/issue-token.ts', `import pino from 'pino'`),
      'operations may not import pino',
    ],
    [
      'http uses storage, and only when asked',
      latchkey('http/public/token.ts', `const store = await import('../../storage/open-store.ts')`),
      'http may not import storage (../../storage/open-store.ts)',
    ],
    [
      'http opens a database itself',
      latchkey('http/public/token.ts', `import { DatabaseSync } from 'node:sqlite'`),
      'http may not import node:sqlite',
    ],
    [
      'storage uses the web framework',
      latchkey('storage/open-store.ts', `import type { FastifyInstance } from 'fastify'`),
      'storage may not import fastify',
    ],
    [
      'what is kept in memory uses the commit queue',
      latchkey('state/snapshot.ts', `import { CommitQueue } from '../commit/commit-queue.ts'`),
      'state may not import values of commit (../commit/commit-queue.ts)',
    ],
    [
      'the commit queue speaks of other servers',
      latchkey('commit/commit-queue.ts', '// Another replica came first.'),
      'commit knows of no replicas',
    ],
    [
      'the command line uses an operation',
      latchkey('cli/serve.ts', `import { issueToken } from '../operations/issue-token.ts'`),
      'cli may not import operations (../operations/issue-token.ts)',
    ],
    [
      'the command line uses a schema of the admin API itself',
      latchkey('cli/commands/keys.ts', `import { KeyView } from '../../http/admin/keys/signing-key-routes.ts'`),
      'cli may not import http (../../http/admin/keys/signing-key-routes.ts)',
    ],
    ['a folder is in no row of the table', latchkey('cron/tidy.ts', ''), 'cron has no row in the import table'],
    [
      'domain asks what time it is',
      latchkey('domain/slot.ts', 'const now = Date.now()'),
      'time and chance are arguments',
    ],
    [
      'an operation draws lots',
      latchkey('operations/a.ts', 'const n = Math.random()'),
      'time and chance are arguments',
    ],
    ['domain waits', latchkey('domain/slot.ts', 'export const a = async () => 1'), 'domain is synchronous'],
    [
      'an operation knows a status',
      latchkey('operations/a.ts', 'const status = 401'),
      'an operation does not know HTTP status 401',
    ],
    [
      'an operation writes SQL',
      latchkey('operations/a.ts', "const q = `SELECT * FROM slots WHERE id = ${'x'}`"),
      'an operation speaks no SQL',
    ],
    [
      'an operation looks at the process',
      latchkey('operations/a.ts', 'process.exitCode = 1'),
      'an operation does not know the process',
    ],
    [
      'the environment is read',
      latchkey('http/log.ts', 'const a = process.env.HOME'),
      'only config reads the environment',
    ],
    [
      'the environment is imported',
      latchkey('http/log.ts', `import { env } from 'node:process'`),
      'only config reads the environment',
    ],
    [
      'the environment is read beside the platforms of a client',
      { path: 'packages/credentials/src/a.ts', text: '// Reads it.\nexport const a = process.env.HOME' },
      'only config reads the environment',
    ],
    ['a folder is named for nothing', latchkey('http/utils/a.ts', ''), 'the folder name utils says nothing'],
    ['a line is not formatted', latchkey('http/a.ts', `// prettier${'-ignore'}\nf( )`), 'Prettier formats every line'],
    ['a file is too long', latchkey('http/a.ts', 'f()\n'.repeat(400)), '401 lines are more than 400'],
    [
      'a file does not say what it is for',
      { path: 'packages/latchkey/src/http/a.ts', text: 'export {}\n' },
      'the first line does not say in a comment what the file is for',
    ],
  ])('%s', (_title, file, breach) => {
    expect(breaches([file])).toEqual([`${file.path}: ${breach}`])
  })

  test('files import each other in a circle', () => {
    const files = [
      latchkey('domain/a.ts', `import type { B } from './b.ts'`),
      latchkey('domain/b.ts', `import type { C } from './c.ts'`),
      latchkey('domain/c.ts', `import type { A } from './a.ts'`),
    ]
    const [a, b, c] = files.map(({ path }) => path)
    expect(breaches(files)).toEqual([`import cycle: ${[a, b, c, a].join(' → ')}`])
  })
})

test.each([
  [
    'a comment or a string that speaks of a forbidden thing',
    latchkey('domain/a.ts', `// Date, async\nconst s = 'process.env'`),
  ],
  [
    'the environment read for the platforms of a client',
    { path: 'packages/credentials/src/platforms.ts', text: '// Reads it.\nexport const a = process.env.HOME' },
  ],
  ['the environment read in config', latchkey('config/environment.ts', 'export const read = () => process.env')],
  [
    'an operation that uses domain, ports and protocol',
    latchkey('operations/a.ts', `import '../domain/b.ts'\nimport '../ports/c.ts'\nimport '@latchkey/protocol'`),
  ],
  [
    'server that uses an adapter',
    latchkey('server/start-server.ts', `import '../storage/open-store.ts'\nimport fastify from 'fastify'`),
  ],
  [
    'a port that names types',
    latchkey('ports/a.ts', `import { type B } from '../domain/b.ts'\nexport type { C } from '../domain/c.ts'`),
  ],
])('no violation is reported: %s', (_title, file) => {
  expect(breaches([file])).toEqual([])
})

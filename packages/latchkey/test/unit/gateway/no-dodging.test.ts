// If the gateway forwards a path, the path belongs to the API whose scope was checked, however an upstream interprets
// the path.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { REFERENCE_APIS } from '../../../src/domain/reference-catalog.ts'
import { RouteTable } from '../../../src/gateway/route-table.ts'

const table = new RouteTable(REFERENCE_APIS)

const WORDS = ['ai', 'AI', 'usecase', 'prediction', 'async-prediction', 'customers', 'acme', 'models', 'deployments']
const TRICKS = [
  '.',
  '..',
  '...',
  '%2e',
  '%2e%2e',
  '.%2E',
  '%252e%252e',
  '%25252e',
  '..;',
  ';',
  ';a=b',
  '%3b',
  '%2f',
  '%5c',
  '%5C..',
  '\\',
  '\\..',
  '%00',
  '\u0000',
  '%0a',
  '%20',
  '..%20',
  '%c0%ae',
  '%c0%af',
  '%e0%80%af',
  '%ef%bc%8f',
  '．．',
  '／',
  '‥',
  '%',
  '%zz',
  '%u002e',
  '#',
  '?',
  '@',
  ':',
  '*',
  'é',
  '%c3%a9',
  'İ',
  'ı',
  'ſ',
  '%E2%84%AA',
  '',
]

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 2, arbitrary: fc.constantFrom(...TRICKS) },
  fc.string({ unit: 'binary', maxLength: 4 }),
)
const segment = fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(''))
const separator = fc.constantFrom('/', '/', '/', '/', '//', '\\', '%2f', '/./', '/../')
/** Segments that often begin like a real route, so that the rest of the path may lead out of that route. */
const start = fc.constantFrom('', '/ai/usecase', '/ai/prediction', '/customers/acme/ai/models')
const anywhere = fc
  .array(fc.tuple(separator, fc.oneof(piece, segment)), { maxLength: 6 })
  .map((parts) => parts.flat().join(''))

/** Segments that lead up and out of a path, repeat a step several times, or lead into another path. */
const STEPS = [
  '/..',
  '/..;',
  '/..;a',
  '/%2e%2e',
  '/%252e%252e',
  '\\..',
  '%5c..',
  '%255c..',
  '%2f..',
  '/..%00',
  '/.. ',
  '/..%20',
  '／..',
  '/．．',
  '%c0%af..',
  ';/..',
]
const climb = fc
  .tuple(
    fc.constantFrom('', '/', '/x'),
    fc.constantFrom(...STEPS),
    fc.integer({ min: 1, max: 5 }),
    fc.constantFrom('', '/', '/ai/prediction', '/x'),
  )
  .map(([first, step, times, last]) => first + step.repeat(times) + last)

const target = fc.tuple(start, fc.oneof(anywhere, climb)).map(([first, rest]) => first + rest)

/** The ways in which known servers, frameworks and proxies interpret a path. */
const READINGS: Readonly<Record<string, (path: string) => string>> = {
  'as it is': (path) => path,
  decoded: decodeURIComponent,
  'decoded twice': (path) => decodeURIComponent(decodeURIComponent(path)),
  'by the URL standard': (path) => new URL(path, 'http://upstream.example').pathname,
  'decoded, then by the URL standard': (path) => new URL(decodeURIComponent(path), 'http://upstream.example').pathname,
  'with slashes merged': (path) => decodeURIComponent(path).replace(/\/+/g, '/'),
  'with backslashes as slashes': (path) => decodeURIComponent(path).replaceAll('\\', '/'),
  'without path parameters': (path) => path.replace(/;[^/]*/g, ''),
  'decoded, then without path parameters': (path) => decodeURIComponent(path).replace(/;[^/]*/g, ''),
  'decoded, without spaces at the ends of names': (path) => decodeURIComponent(path).replace(/ +(?=\/|$)/g, ''),
  'up to a NUL': (path) => decodeURIComponent(path).split('\0')[0] ?? '',
  'in compatibility forms': (path) => decodeURIComponent(path).normalize('NFKC'),
  'in lower case': (path) => decodeURIComponent(path).toLowerCase(),
}

/** Resolves dot segments as a file system does. */
function resolved(path: string): string {
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') kept.pop()
    else if (part !== '.') kept.push(part)
  }
  return kept.join('/')
}

const PREFIXES = REFERENCE_APIS.flatMap(({ name, routes }) =>
  routes.map((route) => ({
    name,
    shape: new RegExp(`^${route.replace('/**', '').replace(/\{\w+\}/g, '[^/]+')}(/|$)`, 'i'),
  })),
)
const ownerOf = (path: string): string | undefined => PREFIXES.find(({ shape }) => shape.test(path))?.name

test('every interpretation of a forwarded path belongs to the API whose scope was checked', () => {
  let passed = 0
  fc.assert(
    fc.property(target, (requested) => {
      const found = table.find(requested)
      if (found === undefined) return
      passed += 1
      for (const [reading, read] of Object.entries(READINGS)) {
        expect({ reading, owner: ownerOf(resolved(read(found.path))) }).toEqual({ reading, owner: found.api.name })
      }
    }),
    { numRuns: 6000 },
  )
  expect(passed).toBeGreaterThan(200)
})

test('a forwarded path belongs to the same API when it is checked again, and is forwarded unchanged', () => {
  fc.assert(
    fc.property(target, (requested) => {
      const found = table.find(requested)
      if (found === undefined) return
      expect(table.find(found.path + found.query)).toEqual(found)
      expect(new URL(found.path, 'http://upstream.example').pathname).toBe(found.path)
    }),
    { numRuns: 6000 },
  )
})

// The examples in the doc comments of the libraries compile, and print the output that they show.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileErrors, type Example, exportsWithoutExample, libraryExamples, root } from './library-examples.ts'

const examples = libraryExamples()

test('every function, class and constant of the libraries has an example', () => {
  expect(exportsWithoutExample()).toEqual([])
  expect(examples.length).toBeGreaterThan(50)
})

test('every example compiles against the built packages', () => {
  expect(compileErrors(examples)).toEqual([])
})

test('the error for an example that does not compile names the example', () => {
  const broken = { name: 'a.ts:1', code: "import { isScope } from '@latchkey/protocol'\nisScope(1)\n" }
  const [error] = compileErrors([broken])
  expect(error).toContain('a.ts:1: ')
  expect(error).toContain("'number'")
})

let folder = ''
beforeAll(() => {
  const cache = join(root, 'node_modules/.cache/latchkey')
  mkdirSync(cache, { recursive: true })
  // The folder is inside the checkout, where Node finds the packages.
  folder = mkdtempSync(join(cache, 'examples-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Matches `console.log(…) // text`. The text may also be on the next line. */
const PRINTS = /^\s*console\.log\(.*\)[ \n]\/\/ (.+)$/gm

const expectedOf = ({ code }: Example): readonly string[] => [...code.matchAll(PRINTS)].map(([, text = '']) => text)

const CAPTURE = `import { format } from 'node:util'
export const printed = []
const console = { log: (...values) => printed.push(format(...values)) }
`

const printing = examples.filter((example) => expectedOf(example).length > 0)

test('most examples show what they print', () => {
  expect(printing.length).toBeGreaterThan(40)
})

test.each(printing)('the example at $name prints the output that it shows', async (example) => {
  const { outputText } = ts.transpileModule(CAPTURE + example.code, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2024 },
  })
  const file = join(folder, `${example.name.replaceAll(/\W/g, '-')}.mjs`)
  writeFileSync(file, outputText)
  const { printed } = (await import(pathToFileURL(file).href)) as { readonly printed: readonly string[] }
  expect(printed).toEqual(expectedOf(example))
})

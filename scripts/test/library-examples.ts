// The examples in the doc comments of the libraries, and the exports that should have one.
import { globSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import ts from 'typescript'

export const root = join(import.meta.dirname, '../..')

const DOORS = [
  ...['index', 'adapters/node', 'adapters/fastify', 'adapters/hono', 'adapters/fetch'].map(
    (name) => `guard/src/${name}`,
  ),
  ...['index', 'file-store', 'valkey-store'].map((name) => `client/src/${name}`),
  'protocol/src/index',
].map((name) => join(root, 'packages', `${name}.ts`))

export interface Example {
  /** The file of the example and the line on which it begins. */
  readonly name: string
  readonly code: string
}

const FENCED = /@example\n \* ```ts\n((?: \*(?: .*)?\n)*?) \* ```\n/g

/** Returns the examples in the sources of the libraries. */
export function libraryExamples(): readonly Example[] {
  const paths = globSync('packages/{guard,client,protocol}/src/**/*.ts', { cwd: root }).sort()
  return paths.flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return [...text.matchAll(FENCED)].map(({ index, 1: block = '' }) => ({
      name: `${path.split(sep).join('/')}:${text.slice(0, index).split('\n').length}`,
      code: block.replace(/^ \* ?/gm, ''),
    }))
  })
}

/** Returns the exported functions, classes and constants of the packages that have no example. */
export function exportsWithoutExample(): readonly string[] {
  const program = ts.createProgram(DOORS, { ...OPTIONS, allowImportingTsExtensions: true })
  const checker = program.getTypeChecker()
  return DOORS.flatMap((door) => {
    const source = program.getSourceFile(door)
    const symbol = source && checker.getSymbolAtLocation(source)
    if (symbol === undefined) throw new Error(`${door} exports nothing`)
    return checker
      .getExportsOfModule(symbol)
      .map((each) => (each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each))
      .filter((each) => (each.flags & ts.SymbolFlags.Value) !== 0)
      .filter((each) => !each.getJsDocTags(checker).some(({ name }) => name === 'example'))
      .map(({ name }) => name)
  })
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  lib: ['lib.es2024.d.ts'],
  module: ts.ModuleKind.NodeNext,
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noUnusedLocals: true,
  skipLibCheck: true,
  noEmit: true,
}

/** Compiles the examples against the built packages. Returns the errors, each after the name of its example. */
export function compileErrors(examples: readonly Example[]): readonly string[] {
  // The examples get paths in the root of the checkout, where the packages are found.
  const files = new Map(examples.map((example, index) => [join(root, `example-${String(index)}.mts`), example]))
  const host = ts.createCompilerHost(OPTIONS)
  const parse = host.getSourceFile.bind(host)
  const fileExists = host.fileExists.bind(host)
  host.fileExists = (path) => files.has(path) || fileExists(path)
  host.getSourceFile = (path, version) => {
    const example = files.get(path)
    // Makes an example without an import a module too.
    return example === undefined
      ? parse(path, version)
      : ts.createSourceFile(path, `${example.code}\nexport {}\n`, version)
  }
  const program = ts.createProgram([...files.keys()], OPTIONS, host)
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n')
    return `${files.get(file?.fileName ?? '')?.name ?? file?.fileName ?? ''}: ${text}`
  })
}

// The CLI and the console use types that are derived from the server's schemas, so a renamed field breaks both.
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

const packages = join(import.meta.dirname, '../../../..')

interface Program {
  readonly name: string
  /** A file that reads or writes documents of the admin API. */
  readonly reader: string
  readonly config: string
  /** Where this program finds the schemas: in the sources, or in the built declarations. */
  readonly schemas: string
  readonly extension: string
}

const CLI = { config: 'latchkey/tsconfig.json', schemas: 'latchkey/src/http/admin', extension: '.ts' }
const CONSOLE = { config: 'console/tsconfig.json', schemas: 'latchkey/dist/http/admin', extension: '.d.ts' }

const programs: readonly Program[] = [
  { name: 'CLI', reader: 'latchkey/src/cli/commands/slot-columns.ts', ...CLI },
  { name: 'console', reader: 'console/src/api/platform-acts.ts', ...CONSOLE },
]

/** Compiles the program twice: first unchanged, then with changed schemas. */
function compiler({ reader, config, schemas, extension }: Program) {
  const onUnRecoverableConfigFileDiagnostic = ({ messageText }: ts.Diagnostic): never => {
    throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'))
  }
  const settings = ts.getParsedCommandLineOfConfigFile(
    join(packages, config),
    { composite: false, noEmit: true },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic },
  )
  const options = settings?.options ?? {}
  const host = ts.createCompilerHost(options)
  const unchanged = new Map<string, ts.SourceFile | undefined>()
  const isSchema = (path: string) => path.startsWith(join(packages, schemas)) && path.endsWith(extension)
  const parse = host.getSourceFile.bind(host)
  return (change: (path: string, text: string) => string): readonly string[] => {
    host.getSourceFile = (path, version) => {
      const text = isSchema(path) ? host.readFile(path) : undefined
      if (text !== undefined) return ts.createSourceFile(path, change(path, text), version)
      if (!unchanged.has(path)) unchanged.set(path, parse(path, version))
      return unchanged.get(path)
    }
    const file = join(packages, reader)
    const program = ts.createProgram([file], options, host)
    return program
      .getSemanticDiagnostics(program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  }
}

test.each(programs)('the $name no longer compiles if the server renames a field of a slot', (program) => {
  const compile = compiler(program)
  expect(compile((_path, text) => text)).toEqual([])
  const renamed = compile((path, text) =>
    path.includes('/token-schemas.') ? text.replace('client_id:', 'renamed_id:') : text,
  )
  expect(renamed.join('\n')).toContain('client_id')
})

// The rules of the repository that a program can check: the allowed imports, the terms that inner layers must not use,
// and the layout of files and folders.
import { posix } from 'node:path'
import ts from 'typescript'

export interface SourceText {
  /** The path from the root of the repository, with `/` as the separator. */
  readonly path: string
  readonly text: string
}

interface Layer {
  /** Other folders of the same package, or `*` for all. A layer may always import from its own folder. */
  readonly folders: readonly string[]
  /** Other folders from which only types may be imported. */
  readonly types?: readonly string[]
  /** Packages and Node's modules: a name, `*` for any, or a name ending in `*`. */
  readonly packages: readonly string[]
}

const PROTOCOL = '@latchkey/protocol'
const CORE = ['domain', 'ports', 'operations']
const STORE = ['issuing', 'commit', 'state', 'rows', 'domain', 'ports']

/** docs/architecture/README.md has the same table; code-map.test.ts compares both. */
export const LAYERS: Readonly<Record<string, Layer>> = {
  protocol: { folders: [], packages: [] },
  guard: { folders: ['*'], packages: [PROTOCOL, '@latchkey/credentials', 'node:*', 'jose'] },
  credentials: { folders: ['*'], packages: [PROTOCOL, 'node:*'] },
  client: { folders: ['*'], packages: [PROTOCOL, '@latchkey/credentials', 'node:*'] },
  domain: { folders: [], packages: [PROTOCOL] },
  ports: { folders: ['domain'], packages: [PROTOCOL] },
  operations: { folders: ['domain', 'ports'], packages: [PROTOCOL] },
  // The commands that the store sends to its database, and the conversion between rows and values of the domain.
  rows: { folders: ['domain', 'ports'], packages: [PROTOCOL, 'node:crypto'] },
  // The state in memory.
  state: { folders: ['rows', 'domain', 'ports'], types: ['commit'], packages: [PROTOCOL, 'node:crypto', 'node:util'] },
  // Makes batches of changes durable. This folder contains no code about tokens.
  commit: { folders: ['state', 'rows', 'domain', 'ports'], packages: [PROTOCOL] },
  // The code between an authenticated request and a committed token.
  issuing: { folders: ['commit', 'state', 'rows', 'domain', 'ports'], packages: [PROTOCOL] },
  // The implementations of the ports.
  adapters: { folders: ['issuing', 'commit', 'state', 'rows', 'domain', 'ports'], packages: [PROTOCOL, 'node:crypto'] },
  // Opens the store of either engine.
  storage: { folders: ['adapters', ...STORE, 'storage/*', 'make-folder'], packages: ['*'] },
  'storage/sqlite': { folders: ['rows', 'domain', 'ports', 'program-files'], packages: ['*'] },
  // The only folder with code about other replicas.
  'storage/postgres': { folders: STORE, packages: ['*'] },
  // Copies, backups and restores.
  'storage/transfer': { folders: ['storage*', 'adapters', 'rows', 'domain', 'ports', 'make-folder'], packages: ['*'] },
  keys: { folders: ['domain', 'ports', 'make-folder', 'program-files'], packages: ['*'] },
  // The measurements of the server's own work.
  metrics: { folders: ['domain', 'ports', 'connections', 'log'], packages: ['*'] },
  http: { folders: [...CORE, 'connections', 'log'], types: ['program-files'], packages: ['*'] },
  // The types of the admin API's documents, and their lists of permitted values.
  'http/contract': { folders: ['domain'], types: ['http'], packages: ['typebox'] },
  // Reads and validates the environment, including the master key.
  config: { folders: ['domain', 'keys'], packages: ['*'] },
  // Wires a server, starts and stops it.
  server: {
    folders: [
      ...[...CORE, 'adapters', 'storage*', 'keys', 'metrics', 'http', 'config'],
      ...['connections', 'log', 'system', 'version', 'program-files'],
    ],
    packages: ['*'],
  },
  // The connection limits of every listener.
  connections: { folders: ['log'], packages: ['node:*'] },
  log: { folders: [], packages: ['*'] },
  system: { folders: ['ports'], packages: ['node:*'] },
  // The programs that run in threads, and the built console. The executable contains them too.
  'program-files': { folders: [], packages: ['node:*'] },
  version: { folders: ['program-files'], packages: ['node:*'] },
  'make-folder': { folders: [], packages: ['node:*'] },
  // The gateway may import the parts that it shares with the server's own listeners: request ids, metrics, listening
  // and stopping.
  gateway: {
    folders: ['domain', 'ports', 'config', 'http', 'metrics', 'server', 'connections', 'log', 'system', 'version'],
    packages: ['*'],
  },
  agent: { folders: ['connections', 'log', 'make-folder'], packages: ['*'] },
  mock: { folders: ['domain', 'keys', 'server', 'config', 'ports', 'log', 'make-folder', 'system'], packages: ['*'] },
  cli: {
    folders: [
      ...['config', 'server', 'log', 'make-folder', 'program-files', 'version', 'gateway', 'agent', 'mock'],
      'http/contract',
    ],
    packages: ['*'],
  },
}

/** Packages that only some layers may import. `server` may import all of them. */
export const OWNERS: Readonly<Record<string, readonly string[]>> = {
  'node:sqlite': ['storage', 'storage/sqlite', 'storage/transfer'],
  pg: ['storage', 'storage/postgres', 'storage/transfer'],
  fastify: ['http'],
  commander: ['cli'],
  'prom-client': ['metrics', 'agent'],
  iovalkey: ['agent'],
  '@latchkey/guard': ['gateway', 'cli'],
  '@latchkey/client': ['agent', 'cli'],
  '@latchkey/credentials': ['agent', 'cli', 'client', 'config', 'guard'],
}

/** Only `storage/postgres` may mention that other servers use the same store. */
const ALONE = ['operations', 'issuing', 'commit', 'storage/sqlite']

/**
 * The file that reads the environment variables of platforms such as GitHub Actions. These variables are not settings
 * of Latchkey.
 */
const PLATFORMS = 'packages/credentials/src/platforms.ts'

const VAGUE_FOLDERS = ['utils', 'util', 'helpers', 'common', 'lib', 'misc', 'services', 'types', 'constants']
const MOST_LINES = 400

/** Returns every violation of the rules in these files, one line each. Empty if there is none. */
export function breaches(files: readonly SourceText[]): readonly string[] {
  return [...files.flatMap(breachesOfFile), ...cycles(files)]
}

function breachesOfFile(file: SourceText): readonly string[] {
  const found = [...shapeBreaches(file)]
  const place = placeOf(file.path)
  if (place === undefined) return found.map((breach) => `${file.path}: ${breach}`)
  found.push(...importBreaches(file, place), ...nodeBreaches(file, place))
  if (ALONE.includes(place.layer) && /replica/i.test(file.text)) found.push(`${place.layer} knows of no replicas`)
  return found.map((breach) => `${file.path}: ${breach}`)
}

function* shapeBreaches({ path, text }: SourceText) {
  if (!text.startsWith('// ')) yield 'the first line does not say in a comment what the file is for'
  const lines = text.trimEnd().split('\n').length
  if (lines > MOST_LINES) yield `${lines} lines are more than ${MOST_LINES}`
  if (/\/[/*] prettier-ignore\b/.test(text)) yield 'Prettier formats every line'
  const vague = posix
    .dirname(path)
    .split('/')
    .filter((folder) => VAGUE_FOLDERS.includes(folder))
  for (const folder of vague) yield `the folder name ${folder} says nothing`
}

interface Place {
  readonly packageName: string
  readonly layer: string
}

/**
 * Returns the layer of a source file in the table. Undefined for tests, scripts and the console, which the table leaves
 * out.
 */
function placeOf(path: string): Place | undefined {
  const [, packageName, inside] = /^packages\/([^/]+)\/src\/(.+)\.tsx?$/.exec(path) ?? []
  if (packageName === undefined || inside === undefined || packageName === 'console') return undefined
  if (packageName !== 'latchkey') return { packageName, layer: packageName }
  const [folder = inside, room] = inside.split('/')
  return { packageName, layer: `${folder}/${room}` in LAYERS ? `${folder}/${room}` : folder }
}

function* importBreaches(file: SourceText, place: Place) {
  const layer = LAYERS[place.layer]
  if (layer === undefined) {
    yield `${place.layer} has no row in the import table`
    return
  }
  for (const { specifier, typeOnly } of importsOf(file)) {
    if (place.layer === 'ports' && !typeOnly) yield `a port imports types only, not ${specifier}`
    if (!specifier.startsWith('.')) {
      if (!mayUsePackage(place.layer, layer, specifier)) yield `${place.layer} may not import ${specifier}`
      continue
    }
    const target = placeOf(resolve(file.path, specifier))
    if (target?.packageName !== place.packageName) yield `${specifier} leaves the package other than by a door`
    else if (target.layer !== place.layer && !mayImport(layer, target.layer, typeOnly))
      yield `${place.layer} may not import ${typeOnly ? '' : wordFor(layer, target.layer)}${target.layer} (${specifier})`
  }
}

const mayImport = ({ folders, types = [] }: Layer, target: string, typeOnly: boolean): boolean =>
  allows(folders, target) || (typeOnly && allows(types, target))

const wordFor = ({ types = [] }: Layer, target: string): string => (allows(types, target) ? 'values of ' : '')

function mayUsePackage(name: string, layer: Layer, specifier: string): boolean {
  const owner = Object.entries(OWNERS).find(([owned]) => specifier === owned || specifier.startsWith(`${owned}/`))
  if (owner !== undefined && name !== 'server' && !owner[1].includes(name)) return false
  return allows(layer.packages, specifier)
}

function allows(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern))
}

const resolve = (from: string, specifier: string): string => posix.join(posix.dirname(from), specifier)

const trees = new WeakMap<SourceText, ts.SourceFile>()

/** Parses each file once, because several rules need it. */
function parse(file: SourceText): ts.SourceFile {
  const tree = trees.get(file) ?? ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true)
  trees.set(file, tree)
  return tree
}

function* nodesUnder(node: ts.Node): Generator<ts.Node> {
  const children: ts.Node[] = []
  ts.forEachChild(node, (child) => void children.push(child))
  for (const child of children) {
    yield child
    yield* nodesUnder(child)
  }
}

interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
}

function* importsOf(file: SourceText): Generator<Import> {
  for (const node of nodesUnder(parse(file))) {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
      yield { specifier: node.moduleSpecifier.text, typeOnly: isTypeOnly(node) }
    else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier !== undefined &&
      ts.isStringLiteral(node.moduleSpecifier)
    )
      yield { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly }
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments
      if (specifier !== undefined && ts.isStringLiteral(specifier)) yield { specifier: specifier.text, typeOnly: false }
    }
  }
}

function isTypeOnly({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const named = importClause.namedBindings
  return (
    importClause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.every((element) => element.isTypeOnly)
  )
}

/** Terms that a layer must not use, whatever it imports. */
function* nodeBreaches(file: SourceText, { layer }: Place) {
  const pure = layer === 'protocol' || layer === 'domain'
  for (const node of nodesUnder(parse(file))) {
    if (layer !== 'config' && file.path !== PLATFORMS && readsEnvironment(node))
      yield 'only config reads the environment'
    if (pure && (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword))
      yield `${layer} is synchronous`
    if ((pure || layer === 'operations') && asksForTimeOrChance(node)) yield 'time and chance are arguments'
    if (layer === 'operations' && namesVariable(node, 'process')) yield 'an operation does not know the process'
    if (layer === 'operations' && isStatusCode(node)) yield `an operation does not know HTTP status ${node.getText()}`
    if (layer === 'operations' && isSql(node)) yield 'an operation speaks no SQL'
  }
}

function namesVariable(node: ts.Node, name: string): boolean {
  if (!ts.isIdentifier(node) || node.text !== name) return false
  const { parent } = node
  return !(ts.isPropertyAccessExpression(parent) && parent.name === node) && !ts.isPropertySignature(parent)
}

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'env' && namesVariable(node.expression, 'process')
  if (ts.isElementAccessExpression(node)) return namesVariable(node.expression, 'process')
  if (!ts.isImportDeclaration(node)) return false
  return /^['"](node:)?process['"]$/.test(node.moduleSpecifier.getText())
}

function asksForTimeOrChance(node: ts.Node): boolean {
  return namesVariable(node, 'Date') || namesVariable(node, 'performance') || node.getText() === 'Math.random'
}

// Status codes that have no other meaning in the code. 200 and 500 are left out, because a number 200 or 500 may also
// be a length.
const STATUS_CODES = ['400', '401', '403', '404', '405', '409', '413', '415', '429', '502', '503']

const isStatusCode = (node: ts.Node): boolean => ts.isNumericLiteral(node) && STATUS_CODES.includes(node.text)

const isSql = (node: ts.Node): boolean =>
  (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) &&
  /^\s*(select\b.*\bfrom|insert\s+into|update\b.*\bset|delete\s+from)\b/is.test(node.text)

/** Finds import cycles. Type imports count too, because a reader has to follow them as well. */
function cycles(files: readonly SourceText[]): readonly string[] {
  const known = new Set(files.map(({ path }) => path))
  const targets = new Map(
    files.map((file) => [
      file.path,
      [...importsOf(file)]
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => resolve(file.path, specifier))
        .filter((path) => known.has(path)),
    ]),
  )
  const finished = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) found.push(`import cycle: ${[...trail.slice(start), path].join(' → ')}`)
    if (start >= 0 || finished.has(path)) return
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path])
    finished.add(path)
  }
  for (const path of known) visit(path, [])
  return found
}

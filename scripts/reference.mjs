// Writes docs/reference from the doc comments of the libraries. With --check it only reports whether the pages are up
// to date.
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { filesUnder } from './bootstrap/files-under.mjs'
import { root, stampFolder } from './bootstrap/root.mjs'
import { readStamp, writeStamp } from './bootstrap/stamp.mjs'

const FOLDER = join(root, 'docs', 'reference')

const ENTRY_POINTS = [
  'guard/src/index.ts',
  ...['node', 'fastify', 'hono', 'fetch'].map((name) => `guard/src/adapters/${name}.ts`),
  ...['index', 'file-store', 'valkey-store'].map((name) => `client/src/${name}.ts`),
  'credentials/src/index.ts',
  'protocol/src/index.ts',
].map((path) => join(root, 'packages', path))

/** @type {import('typedoc').TypeDocOptions & import('typedoc-plugin-markdown').PluginOptions} */
const OPTIONS = {
  name: 'Library reference',
  entryPoints: ENTRY_POINTS,
  tsconfig: join(root, 'tsconfig.reference.json'),
  plugin: ['typedoc-plugin-markdown'],
  logLevel: 'Warn',
  treatWarningsAsErrors: true,
  readme: 'none',
  // The pages depend only on the sources: not on a commit, a machine or a registry.
  disableGit: true,
  disableSources: true,
  includeVersion: false,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  sort: ['source-order'],
  // An export without a comment is an error.
  validation: { notExported: true, invalidLink: true, notDocumented: true, rewrittenLink: true, invalidPath: true },
  requiredToBeDocumented: ['Enum', 'Variable', 'Function', 'Class', 'Interface', 'TypeAlias', 'Method'],
  router: 'module',
  entryFileName: 'README',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  expandObjects: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  propertyMembersFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  enumMembersFormat: 'table',
}

/** Reports the problems of the comments on stderr. @param {string} folder @returns {Promise<boolean>} */
async function write(folder) {
  // typedoc is loaded only if there is something to write.
  const { Application } = await import('typedoc')
  const app = await Application.bootstrapWithPlugins({ ...OPTIONS, outputs: [{ name: 'markdown', path: folder }] })
  const project = await app.convert()
  if (project === undefined) return false
  app.validate(project)
  const isClean = () => !app.logger.hasErrors() && !app.logger.hasWarnings()
  if (!isClean()) return false
  await app.generateOutputs(project)
  return isClean()
}

/** Returns the text of each file under a folder, by its path. @param {string} folder */
function pagesOf(folder) {
  const paths = existsSync(folder) ? filesUnder(folder).sort() : []
  return JSON.stringify(paths.map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')]))
}

/** Returns a text that changes if anything changes from which the pages are made. */
function fingerprint() {
  const files = [
    ...['guard', 'client', 'credentials', 'protocol'].flatMap((name) =>
      filesUnder(join(root, 'packages', name, 'src')),
    ),
    ...['package-lock.json', 'tsconfig.base.json', 'tsconfig.reference.json'].map((name) => join(root, name)),
    import.meta.filename,
  ]
  const hash = createHash('sha256').update(pagesOf(FOLDER))
  for (const file of files.sort()) hash.update(`\0${file}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

async function arePagesUpToDate() {
  const draft = mkdtempSync(join(tmpdir(), 'latchkey-reference-'))
  try {
    if (!(await write(draft))) return false
    if (pagesOf(draft) === pagesOf(FOLDER)) return true
    console.error('docs/reference is older than the doc comments of the libraries: run npm run generate.')
    return false
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

const stamp = join(stampFolder, 'reference')
if (!process.argv.includes('--check')) {
  rmSync(FOLDER, { recursive: true, force: true })
  if (!(await write(FOLDER))) process.exitCode = 1
} else if (readStamp(stamp) !== fingerprint()) {
  if (await arePagesUpToDate()) writeStamp(stamp, fingerprint())
  else process.exitCode = 1
}

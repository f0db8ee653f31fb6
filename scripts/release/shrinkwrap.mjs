// Extracts from the workspace's lock file what one of its packages needs.

/**
 * @typedef {object} LockedPackage
 * @property {string} [name]
 * @property {string} [version]
 * @property {string} [resolved]
 * @property {boolean} [link]
 * @property {boolean} [dev]
 * @property {boolean} [inBundle]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 */

/** @typedef {Record<string, LockedPackage>} LockedPackages by the folder that each is installed in */

/**
 * Returns the content of an npm-shrinkwrap.json (https://docs.npmjs.com/cli/configuring-npm/npm-shrinkwrap-json): the
 * versions and checksums of all that the package needs, without the addresses that they came from.
 *
 * @param {{ lockfileVersion: number, packages: LockedPackages }} lock
 * @param {{ name: string, folder: string, bundled: readonly string[] }} of the package: `folder` is where it is in the
 *   workspace, `bundled` are the folders of the workspace packages that its file contains
 */
export function shrinkwrapOf(lock, { name, folder, bundled }) {
  const { packages } = lock
  const own = packages[folder]
  if (own === undefined) throw new Error(`The lock file has no ${folder}`)
  /** @type {LockedPackages} */
  const needed = {}
  /** @param {string} from @param {LockedPackage} of */
  const addDependencies = (from, of) => {
    for (const name of namesOf(of)) {
      const at = installedAt(packages, from, name)
      // The lock file also lists optional packages of other platforms. An optional peer may be missing from it.
      if (at === undefined) continue
      const target = installedAs(at, folder)
      if (target in needed) continue
      const found = packages[at] ?? {}
      const workspace = found.link === true ? found.resolved : undefined
      const locked = without(workspace === undefined ? found : (packages[workspace] ?? {}), OF_THE_CHECKOUT)
      needed[target] =
        workspace !== undefined && bundled.includes(workspace) ? { ...without(locked, PEERS), inBundle: true } : locked
      addDependencies(workspace ?? at, locked)
    }
  }
  addDependencies(folder, own)
  const root = without(own, ['devDependencies'])
  const sorted = Object.fromEntries(Object.entries(needed).sort(([one], [other]) => (one < other ? -1 : 1)))
  return {
    name,
    version: own.version,
    lockfileVersion: lock.lockfileVersion,
    requires: true,
    packages: { '': { name, ...root }, ...sorted },
  }
}

/** A package's file that contains other packages of the workspace must also list their peers. */
const PEERS = ['peerDependencies', 'peerDependenciesMeta']

/** Fields that are only meant for the checkout. */
const OF_THE_CHECKOUT = ['dev', 'resolved', 'link', 'devDependencies']

/** @param {LockedPackage} locked @param {readonly string[]} fields @returns {LockedPackage} */
const without = (locked, fields) =>
  Object.fromEntries(Object.entries(locked).filter(([field]) => !fields.includes(field)))

/** @param {LockedPackage} of */
function namesOf({ dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }) {
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true)
  return [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...peers]
}

/**
 * Returns where Node finds the package `name` from the folder `from`.
 * @param {LockedPackages} packages @param {string} from @param {string} name
 */
function installedAt(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const at = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (at in packages) return at
    if (folder === '') return undefined
  }
}

/** @param {string} at @param {string} folder */
const installedAs = (at, folder) => (at.startsWith(`${folder}/`) ? at.slice(folder.length + 1) : at)

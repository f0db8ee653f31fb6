// Lists the reasons why a version may not be released.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { allNameProblems } from './names.mjs'
import { isVersion, otherVersions } from './version.mjs'

/**
 * @param {string} root the folder of the checkout
 * @param {string} version
 * @returns {string[]} one sentence for each problem; empty if the version can be released
 */
export function releaseProblems(root, version) {
  if (!isVersion(version)) return [`"${version}" is no version such as 1.2.3.`]
  return [...treeProblems(root), ...tagProblems(root, version), ...textProblems(root, version)]
}

/** @param {string} root @param {readonly string[]} args */
const git = (root, args) => execFileSync('git', [...args], { cwd: root, encoding: 'utf8' }).trimEnd()

/** @param {string} root */
function treeProblems(root) {
  const changed = git(root, ['status', '--porcelain']).split('\n').filter(Boolean)
  if (changed.length === 0) return []
  const [first = ''] = changed
  const count = changed.length === 1 ? 'One file is' : `${String(changed.length)} files are`
  return [`${count} not committed (${first.slice(3)}). Commit or stash all changes.`]
}

/** @param {string} root @param {string} version */
function tagProblems(root, version) {
  if (isTagged(root, version) || git(root, ['tag', '--list', `v${version}`]) === '') return []
  return [`The tag v${version} is on another commit. Choose the next version.`]
}

/** True if the checked-out commit has the tag of the version. @param {string} root @param {string} version */
export const isTagged = (root, version) => git(root, ['tag', '--points-at', 'HEAD']).split('\n').includes(`v${version}`)

/** @param {string} root @param {string} version */
function textProblems(root, version) {
  const prepare = `Run "npm run release -- ${version} --prepare", and commit what it changes.`
  const others = otherVersions(root, version)
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
  const [unreleased = '', ...dated] = changelog.split(/\n## (?=\d)/)
  const [newest = ''] = dated
  const problems = []
  if (others.length > 0) problems.push(`Another version is in ${others.join(', ')}. ${prepare}`)
  else problems.push(...allNameProblems(root))
  const [heading = '', ...lines] = newest.split('\n')
  if (!new RegExp(`^${version.replaceAll('.', '\\.')} - \\d{4}-\\d{2}-\\d{2}$`).test(heading)) {
    problems.push(`The newest section of CHANGELOG.md is not "## ${version} - YYYY-MM-DD". ${prepare}`)
  } else if (!lines.some((line) => line.startsWith('- '))) {
    problems.push(`The section ${version} of CHANGELOG.md is empty. Say what changed.`)
  }
  const above = unreleased.split('\n## Unreleased')[1] ?? ''
  if (above.split('\n').some((line) => line.startsWith('- '))) {
    problems.push(`CHANGELOG.md has changes below "## Unreleased". Move them to the section ${version}.`)
  }
  return problems
}

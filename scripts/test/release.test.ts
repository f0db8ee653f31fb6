// What `npm run release` checks before it builds, and what --prepare writes. The tests use a copy of this checkout's
// own files.
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { allNameProblems } from '../release/names.mjs'
import { publishingSteps } from '../release/publishing-steps.mjs'
import { releaseProblems } from '../release/release-problems.mjs'
import { prepareVersion, versionOf } from '../release/version.mjs'

const ROOT = join(import.meta.dirname, '../..')

/** Makes a repository with one commit. It contains the files of this checkout that name the version. */
function copyOfCheckout(): { readonly root: string; readonly commit: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-release-test-'))
  onTestFinished(() => {
    rmSync(root, { recursive: true })
  })
  for (const name of [
    ...['package.json', 'package-lock.json', 'README.md', 'CHANGELOG.md'],
    'packages/client/src/version.ts',
  ]) {
    cpSync(join(ROOT, name), join(root, name))
  }
  for (const folder of ['docs', 'examples', 'deploy', 'site']) {
    const filter = (path: string): boolean => !path.includes('node_modules')
    cpSync(join(ROOT, folder), join(root, folder), { recursive: true, filter })
  }
  for (const name of readdirSync(join(ROOT, 'packages'))) {
    for (const file of ['package.json', 'README.md']) {
      const source = join(ROOT, 'packages', name, file)
      if (existsSync(source)) cpSync(source, join(root, 'packages', name, file))
    }
  }
  const git = (...args: readonly string[]): void => {
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], {
      cwd: root,
      stdio: 'ignore',
    })
  }
  git('init')
  const commit = (): void => {
    git('add', '--all')
    git('commit', '--message', 'test')
  }
  const heading = '\n## Unreleased\n'
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
  writeFileSync(join(root, 'CHANGELOG.md'), changelog.replace(heading, `${heading}\n### Added\n\n- Something.\n`))
  commit()
  return { root, commit }
}

test('a version that was not prepared cannot be released, and the error names the command that prepares it', () => {
  const { root } = copyOfCheckout()
  const problems = releaseProblems(root, '9.8.7')
  expect(problems).toHaveLength(3)
  expect(problems[0]).toMatch(/^Another version is in package\.json, packages\/client\/package\.json, /)
  expect(problems[0]).toContain('npm run release -- 9.8.7 --prepare')
  expect(problems[1]).toContain('not "## 9.8.7 - YYYY-MM-DD"')
  expect(problems[2]).toContain('changes below "## Unreleased"')
})

test('a prepared version that is committed can be released, also if that commit already has its tag', () => {
  const { root, commit } = copyOfCheckout()
  const before = versionOf(root)
  prepareVersion(root, '9.8.7', '2031-01-02')
  expect(releaseProblems(root, '9.8.7')).toEqual([
    expect.stringMatching(/^\d+ files are not committed \(.+\)\. Commit or stash all changes\.$/),
  ])
  commit()
  expect(releaseProblems(root, '9.8.7')).toEqual([])
  execFileSync('git', ['tag', 'v9.8.7'], { cwd: root })
  expect(releaseProblems(root, '9.8.7')).toEqual([])
  expect(readFileSync(join(root, 'README.md'), 'utf8')).not.toContain(`Latchkey ${before} is ready`)
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain('Latchkey 9.8.7 is ready')
})

test('after a version is prepared, every page names the files of that version', () => {
  const { root } = copyOfCheckout()
  prepareVersion(root, '9.8.7', '2031-01-02')
  expect(allNameProblems(root)).toEqual([])
  expect(readFileSync(join(root, 'examples/express-guard/README.md'), 'utf8')).toContain('./latchkey-guard-9.8.7.tgz')
  expect(readFileSync(join(root, 'packages/guard/README.md'), 'utf8')).toContain('./latchkey-guard-9.8.7.tgz')
})

test('a version cannot be released while a page names a file of another version', () => {
  const { root, commit } = copyOfCheckout()
  prepareVersion(root, '9.8.7', '2031-01-02')
  appendFileSync(join(root, 'docs/guard.md'), '\nnpm install ./latchkey-guard-9.8.6.tgz\n')
  commit()
  expect(releaseProblems(root, '9.8.7')).toEqual([
    expect.stringMatching(
      /^docs\/guard\.md:\d+: no file of release 9\.8\.7 has the name "latchkey-guard-9\.8\.6\.tgz"\.$/,
    ),
  ])
})

test('a version whose tag is on another commit cannot be released', () => {
  const { root, commit } = copyOfCheckout()
  execFileSync('git', ['tag', 'v9.8.7'], { cwd: root })
  prepareVersion(root, '9.8.7', '2031-01-02')
  commit()
  expect(releaseProblems(root, '9.8.7')).toEqual(['The tag v9.8.7 is on another commit. Choose the next version.'])
})

test('preparing a version changes no other package of the lock file', () => {
  const { root } = copyOfCheckout()
  type Locked = Readonly<Record<string, { readonly version?: string; readonly dependencies?: Record<string, string> }>>
  const packagesOf = (): Locked =>
    (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Locked }).packages
  const others = (packages: Locked): Locked =>
    Object.fromEntries(Object.entries(packages).filter(([at]) => at.includes('node_modules')))
  const before = packagesOf()
  prepareVersion(root, '9.8.7', '2031-01-02')
  const after = packagesOf()
  expect(others(after)).toEqual(others(before))
  expect(after['packages/guard']).toMatchObject({ version: '9.8.7', dependencies: { '@latchkey/protocol': '9.8.7' } })
})

test('a release is refused with an uncommitted file, or if its name is not a version', () => {
  const { root, commit } = copyOfCheckout()
  prepareVersion(root, '9.8.7', '2031-01-02')
  commit()
  appendFileSync(join(root, 'README.md'), '\n')
  expect(releaseProblems(root, '9.8.7')).toEqual([
    'One file is not committed (README.md). Commit or stash all changes.',
  ])
  expect(releaseProblems(root, 'latest')).toEqual(['"latest" is no version such as 1.2.3.'])
  expect(() => prepareVersion(root, 'latest')).toThrow('"latest" is no version such as 1.2.3.')
})

test('a release is refused if the changelog lists no change', () => {
  const { root } = copyOfCheckout()
  writeFileSync(join(root, 'CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\n## 0.0.1 - 2030-01-01\n\n- First.\n')
  expect(() => prepareVersion(root, '9.8.7')).toThrow('there is nothing to release')
})

test('the last lines of a release show the command that publishes each file', () => {
  const files = ['npm/latchkey-9.8.7.tgz', 'image/latchkey-amd64.oci.tar', 'bin/latchkey-linux-x64', 'site/']
  const text = publishingSteps('9.8.7', files, { isTagged: false }).join('\n')
  expect(text).toContain('npm publish dist/npm/latchkey-9.8.7.tgz')
  expect(text).toContain('oci-archive:dist/image/latchkey-amd64.oci.tar docker://REGISTRY/latchkey:9.8.7-amd64')
  expect(text).toContain('dist/bin/latchkey-linux-x64 dist/npm/latchkey-9.8.7.tgz dist/SHA256SUMS')
  expect(text).toContain('Nothing is tagged, signed or published.')
})

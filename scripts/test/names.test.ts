// The names in docs/names.json, and the check that the pages use them.
import { expect, test } from 'vitest'
import { nameProblems, releaseFiles } from '../release/names.mjs'

const names = {
  repository: null,
  packages: { latchkey: 'latchkey', guard: '@latchkey/guard' },
  image: 'latchkey',
  executable: 'latchkey',
  debianPackage: 'latchkey',
}
const release = { names, version: '1.2.3' }

test('the names of the files of a release are made from docs/names.json and the version', () => {
  expect([...releaseFiles(names, '1.2.3')]).toEqual([
    'latchkey-1.2.3.tgz',
    'latchkey-guard-1.2.3.tgz',
    'latchkey-amd64.oci.tar',
    'latchkey-arm64.oci.tar',
    'latchkey-linux-x64',
    'latchkey-linux-arm64',
    'latchkey_1.2.3_amd64.deb',
  ])
})

test('a page may name the files and packages of the current version', () => {
  const page = [
    'npm install ./latchkey-guard-1.2.3.tgz',
    'apt-get install ./latchkey_1.2.3_amd64.deb',
    'dist/image/latchkey-amd64.oci.tar and latchkey_*_amd64.deb',
    `import { createGuard } from '@latchkey/guard/node'`,
  ]
  expect(nameProblems('docs/guard.md', page.join('\n'), release)).toEqual([])
})

test.each([
  ['npm install ./latchkey-guard-1.2.2.tgz', 'no file of release 1.2.3 has the name "latchkey-guard-1.2.2.tgz"'],
  ['./latchkey_1.2.3_arm64.deb', 'no file of release 1.2.3 has the name "latchkey_1.2.3_arm64.deb"'],
  ['./latchkey-linux-riscv', 'no file of release 1.2.3 has the name "latchkey-linux-riscv"'],
  ['@latchkey/gard', 'no package has the name "@latchkey/gard"'],
])('a page that names another file or package is rejected with its line: %s', (line, problem) => {
  expect(nameProblems('docs/guard.md', `# Page\n\n${line}`, release)).toEqual([`docs/guard.md:3: ${problem}.`])
})

test('only README describes how to use the source', () => {
  const text = 'In a checkout, run `npm run -s latchkey -- integrations list`.'
  expect(nameProblems('README.md', text, release)).toEqual([])
  expect(nameProblems('docs/cli.md', text, release)).toHaveLength(2)
})

// The version of the library, which servers see in the user agent.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { VERSION } from '../../src/version.ts'

test('the exported version is that of the package', () => {
  const manifest = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')
  expect(VERSION).toBe((JSON.parse(manifest) as { version: string }).version)
})

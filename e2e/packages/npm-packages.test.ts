// The content of the packed npm packages.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { has } from '../../scripts/programs.mjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { installRuntimes, outputOf, packAll } from './packed.ts'

const NAMES = ['protocol', 'credentials', 'guard', 'client', 'latchkey'] as const
const LIBRARIES = ['protocol', 'credentials', 'guard', 'client'] as const
const ROOT = join(import.meta.dirname, '../..')

const packed = packAll()
const filesIn = (file: string): readonly string[] => tar('-tzf', file).trim().split('\n')
const textIn = (file: string, path: string): string => tar('-xzOf', file, `package/${path}`)

function tar(...args: readonly string[]): string {
  const { stdout, status } = spawnSync('tar', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (status !== 0) throw new Error(`tar ${args.join(' ')} failed`)
  return stdout
}

const unpackedBytes = (file: string): number =>
  tar('-tvzf', file)
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line.split(/\s+/)[2]), 0)

describe.skipIf(!has('linux-x64'))('each packed package', () => {
  beforeAll(installRuntimes)

  test('packing a package twice gives the same bytes', () => {
    const again = packAll()
    for (const name of NAMES) expect(readFileSync(again[name]).equals(readFileSync(packed[name])), name).toBe(true)
  })

  describe.each(NAMES)('%s', (name) => {
    test('contains its own README and the license of the repository, and no intermediate files of the build', () => {
      const files = filesIn(packed[name])
      expect(files).toContain('package/README.md')
      expect(textIn(packed[name], 'LICENSE')).toBe(readFileSync(join(ROOT, 'LICENSE'), 'utf8'))
      expect(
        files.filter((file) => /tsbuildinfo|\/src\/|\/test\/|\.tsx?$/.test(file) && !file.endsWith('.d.ts')),
      ).toEqual([])
    })

    test('runs no script during its installation, and describes itself', () => {
      const manifest = JSON.parse(textIn(packed[name], 'package.json')) as Record<string, unknown>
      expect(manifest).not.toHaveProperty('scripts')
      expect(manifest).not.toHaveProperty('devDependencies')
      expect(manifest).toMatchObject({ publishConfig: { access: 'public', provenance: true }, license: 'Apache-2.0' })
      expect(manifest['keywords']).toContain('oauth2')
    })

    test('publint finds nothing', async () => {
      const output = await outputOf([
        join(import.meta.dirname, 'node_modules/.bin/publint'),
        'run',
        packed[name],
        '--strict',
      ])
      expect(output).toContain('All good')
    })
  })

  describe.each(LIBRARIES)('%s', (name) => {
    test('has types that resolve in programs that are ES modules', async () => {
      const attw = join(import.meta.dirname, 'node_modules/.bin/attw')
      const output = await outputOf([attw, packed[name], '--profile', 'esm-only', '--format', 'json'])
      const { analysis } = JSON.parse(output) as { analysis: { types: unknown } }
      expect(analysis.types).toMatchObject({ kind: 'included' })
    })

    test('has source maps that contain their sources', () => {
      const maps = filesIn(packed[name]).filter((file) => file.endsWith('.map'))
      expect(maps.length).toBeGreaterThan(0)
      for (const map of maps) {
        const { sources, sourcesContent } = JSON.parse(textIn(packed[name], map.replace('package/', ''))) as {
          sources: readonly string[]
          sourcesContent?: readonly (string | null)[]
        }
        expect(sourcesContent?.length, map).toBe(sources.length)
        expect(sourcesContent).not.toContain(null)
      }
    })

    test('is at most 350 KB unpacked', () => {
      expect(unpackedBytes(packed[name])).toBeLessThan(350_000)
    })
  })

  test('of the server has a shrinkwrap that pins every dependency by version and checksum, and names no address', () => {
    const text = textIn(packed.latchkey, 'npm-shrinkwrap.json')
    expect(text).not.toContain('"resolved"')
    const { packages } = JSON.parse(text) as { packages: Record<string, Record<string, unknown>> }
    const { '': own, ...others } = packages
    const manifest = JSON.parse(textIn(packed.latchkey, 'package.json')) as Record<string, unknown>
    expect(own).toMatchObject({ name: 'latchkey', dependencies: manifest['dependencies'] })
    const bundled = Object.entries(others).filter(([, { inBundle }]) => inBundle === true)
    expect(bundled.map(([at]) => at)).toEqual(
      ['client', 'credentials', 'guard', 'protocol'].map((name) => `node_modules/@latchkey/${name}`),
    )
    for (const [at, { version, integrity, inBundle }] of Object.entries(others)) {
      expect(version, at).toMatch(/^[0-9]+\./)
      if (inBundle !== true) expect(integrity, at).toMatch(/^sha512-/)
    }
  })
})

// The examples for the guard, copied out of the repository and installed from the packed packages, as a stranger does.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { newToken } from '../guard/guarded-server.ts'
import { createIntegration } from '../integrations.ts'
import { packAll } from '../packages/packed.ts'
import { startRealServer } from '../real-server.ts'
import { copyExample, integrationOf } from './example-folder.ts'

let files: readonly string[] = []
beforeAll(() => {
  const { guard, credentials, protocol } = packAll()
  files = [guard, credentials, protocol]
})

test.each(['express-guard', 'fastify-guard', 'hono-guard'])(
  'examples/%s runs with two commands, accepts a live token and refuses it once it is superseded',
  async (name) => {
    const server = await startRealServer()
    const example = copyExample(name, server, files)
    const [create = '', run = '', ...others] = example.commands
    expect(others).toEqual([])
    const [id, secret] = await integrationOf(example, create)
    const [settings] = example.readme.blocks.filter(({ language }) => language === 'ini')
    const env = (settings?.text ?? '')
      .replace('http://127.0.0.1:8080', server.publicUrl)
      .replace('lk…', id)
      .replace('lks_…', secret)
    writeFileSync(join(example.path, '.env'), `${env}\nPORT=0\n`)

    const [install = '', start = '', ...more] = run.split('\n')
    expect([start, more]).toEqual(['npm start', []])
    expect(await example.terminal.run(install)).toMatchObject({ status: 0 })
    const api = await example.start(start, /The API is at (http:\S+)/)

    const client = await createIntegration(server, { name: 'Client' })
    const call = async (path: string, token: string): Promise<string> => {
      const { status, headers } = await fetch(`${api}${path}`, { headers: { authorization: `Bearer ${token}` } })
      return `${status} ${headers.get('latchkey-reason') ?? ''}`
    }
    const first = await newToken(server.issuer, client)
    expect(await call('/ai/prediction', first)).toBe('200 ')
    expect(await call('/ai/models', first)).toBe('403 insufficient_scope')
    const second = await newToken(server.issuer, client)
    expect(await call('/ai/prediction', second)).toBe('200 ')
    await eventually(async () => (await call('/ai/prediction', first)) === '401 superseded', {
      within: 60_000,
      what: 'the first token is refused',
    })
    expect((await fetch(`${api}/readyz`)).status).toBe(200)
  },
)

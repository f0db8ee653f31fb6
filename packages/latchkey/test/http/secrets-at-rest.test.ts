// A copy of the data folder without its key file reveals no secret and no token.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aFolder } from '../a-folder.ts'
import { PREDICT, startTestServer } from '../a-server.ts'

test('no file of the data folder has a client secret, its header or a token in clear text', async () => {
  const dataDir = aFolder()
  const server = await startTestServer({ env: { LATCHKEY_DATA_DIR: dataDir } })
  const integration = await server.integration()
  const tokens = [await server.token(integration, PREDICT), await server.token(integration, PREDICT)]
  await server.revoke(integration, tokens[1] ?? '')
  await server.stop()
  const secret = integration.clientSecret.reveal()
  const wanted = [
    secret,
    secret.slice('lks_'.length, -4),
    integration.basic.slice('Basic '.length),
    ...tokens.flatMap((token) => token.split('.').slice(1)),
    server.adminKey.reveal(),
  ]
  const files = readdirSync(dataDir).filter((name) => name !== 'admin.key')
  expect(files).toContain('latchkey.db')
  for (const file of files) {
    const bytes = readFileSync(join(dataDir, file))
    for (const text of wanted) expect(bytes.includes(text), `${file} holds a secret`).toBe(false)
    expect(bytes.includes('PRIVATE KEY') || bytes.includes('"d":'), `${file} holds a private key`).toBe(false)
  }
  expect(files.some((file) => readFileSync(join(dataDir, file)).includes(integration.clientId))).toBe(true)
})

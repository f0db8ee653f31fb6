// The manifest that one server exports is applied to the same server and to another server.
import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import { CliSession } from './cli-session.ts'
import { MODEL } from './integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from './real-server.ts'

const REPORTS = 'reports.read'

const aServer = (): Promise<RealServer> =>
  startRealServer({ env: { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' } })

test('an export that is applied to its own server changes nothing, and gives another server the same content', async () => {
  const [one, other] = await Promise.all([aServer(), aServer()])
  const [here, there] = [new CliSession(one), new CliSession(other)]
  await here.ok(`scopes create ${REPORTS} --audience api://reports`)
  await here.ok(`apis create --name Reports --scope ${REPORTS} --route /v1/reports/**`)
  const { client_id: clientId } = await here.json<{ client_id: string }>(
    `integrations create --name Billing --scope ${REPORTS} --scope ${MODEL} --issue-mode stable --allow 127.0.0.0/8`,
  )
  await here.ok('integrations create --name Resting --scope machinelearning.predict --grace 30s --resource-server')
  const yaml = await here.ok('export')
  const unchanged = await here.run('apply -f -', { stdin: yaml })
  expect(unchanged).toMatchObject({ code: 0, stdout: '' })
  expect(unchanged.stderr).toMatch(/^0 created, 0 changed, \d+ as declared\.\n$/)

  // The manifest may be kept in version control, because the hash of the secret in it does not help an attacker.
  const secret = `brought-along-${randomBytes(24).toString('base64url')}`
  const hash = `sha256:${createHash('sha256').update(secret).digest('hex')}`
  const named = `client_id: ${clientId}\n`
  expect(yaml).toContain(named)
  const file = join(aTemporaryFolder(), 'latchkey.yaml')
  writeFileSync(file, yaml.replace(named, `${named}    secret: ${hash}\n`))

  const plan = await there.json(`apply -f ${file} --dry-run`)
  expect(plan).toMatchObject({ dry_run: true, created: 4, updated: 0 })
  expect(await there.json('integrations list')).toEqual({ items: [] })
  expect(await there.json(`apply -f ${file}`)).toMatchObject({ dry_run: false, created: 4, updated: 0 })
  expect(await there.json(`apply -f ${file}`)).toMatchObject({ created: 0, updated: 0, items: [] })
  expect(await there.ok('export')).toBe(yaml)

  const ask = `token request --client-id ${clientId} --scope ${REPORTS}`
  const token = (await there.ok(ask, { stdin: secret })).trim()
  expect(decodeJwt(token)).toMatchObject({ aud: 'api://reports', iss: other.issuer })
  expect((await there.run('token explain', { stdin: token })).code).toBe(0)
  expect((await there.run(ask, { stdin: hash })).code).toBe(4)
  const refused = await there.run(`secrets reveal ${clientId} --json`)
  expect([refused.code, JSON.parse(refused.stdout)]).toMatchObject([3, { error: { code: 'not_revealable' } }])
  expect(here.commandsThatPrinted(secret)).toEqual([])
  expect(there.commandsThatPrinted(secret)).toEqual([])
  expect(there.commandsThatPrinted(hash.slice('sha256:'.length))).toEqual([])
})

test('the problems of a manifest are reported without quoting a secret that was put into it by mistake', async () => {
  const cli = new CliSession(await aServer())
  const secret = 'lks_put-there-by-mistake'
  const entry = `integrations:\n  - name: Billing\n    scopes: [${MODEL}]\n    secret: ${secret}\n`
  for (const [text, said] of [
    [`${entry}  tags: [\n`, /^- is not valid YAML: .* at line 5, column \d+\. Correct the file and try again\.\n$/],
    [entry, /^\/integrations\/0: \/secret must be none, generated, or sha256: .* That is "Billing"\.\n$/],
  ] as const) {
    expect(await cli.run('apply -f -', { stdin: text })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(said) as unknown,
    })
  }
  expect(cli.commandsThatPrinted(secret)).toEqual([])
  expect(await cli.json('integrations list')).toEqual({ items: [] })
})

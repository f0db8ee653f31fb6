// latchkey agent: its messages about a configuration file that it cannot use.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { latchkey } from '../../run-command.ts'

function aFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-agent-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const path = join(folder, 'agent.yaml')
  writeFileSync(path, text)
  return path
}

test('every problem of the file is reported at once, with exit code 2', async () => {
  const path = aFile('integrations:\n  - name: billing\n    issuer: http://auth.example.com\nsokcet: /run/a.sock\n')
  const { exitCode, stderr } = await latchkey(['agent', '--config', path])
  expect(exitCode).toBe(2)
  for (const place of ['integrations[0].issuer', 'integrations[0].client_id', 'integrations[0].scopes', 'sokcet']) {
    expect(stderr).toContain(place)
  }
})

test.each([
  ['no YAML', 'integrations: [', 'not valid YAML'],
  ['nothing', '', 'is empty'],
])('a file with %s is refused', async (_title, text, said) => {
  const { exitCode, stderr } = await latchkey(['agent', '--config', aFile(text)])
  expect(exitCode).toBe(2)
  expect(stderr).toContain(said)
})

test('the agent needs a configuration file', async () => {
  const { exitCode, stderr } = await latchkey(['agent'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('--config')
})

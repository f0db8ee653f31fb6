// Tables on screens of several widths, and without a screen.
import { expect, test } from 'vitest'
import { latchkey } from '../../run-command.ts'

const SETTINGS = ['config', 'print', '--origin']

test('a table that fits is columns under headings', async () => {
  const { stdout } = await latchkey(SETTINGS, {}, { screen: true, width: 200 })
  expect(stdout).toMatch(/^SETTING +VALUE +ORIGIN\nLATCHKEY_HOST +127\.0\.0\.1 +default\n/)
})

test('a table wider than the screen is shown as records, because wrapped lines were hard to read', async () => {
  const { stdout } = await latchkey(SETTINGS, {}, { screen: true, width: 80 })
  const [first, second] = stdout.split('\n\n')
  expect(first).toBe('SETTING  LATCHKEY_HOST\nVALUE    127.0.0.1\nORIGIN   default')
  expect(second).toMatch(/^SETTING {2}LATCHKEY_PORT\n/)
})

test('without a screen each row is one line of any length', async () => {
  const { stdout } = await latchkey(SETTINGS, {}, { width: 80 })
  expect(stdout.split('\n')[0]).toBe('LATCHKEY_HOST\t127.0.0.1\tdefault')
})

test('--help fits 80 columns: each command is one line', async () => {
  const { stdout } = await latchkey(['--help'])
  const listed = stdout.slice(stdout.indexOf('The server:'), stdout.indexOf('Examples:')).split('\n')
  for (const line of listed) expect(line).toMatch(/^(?: {2}[a-z-]+ {2,}\S.*|[A-Z].*:|)$/)
})

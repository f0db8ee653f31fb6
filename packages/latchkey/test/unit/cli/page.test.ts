// docs/cli.md describes every command, and only options that exist.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { latchkey } from '../../run-command.ts'
import { leaves } from './leaves.ts'

const page = readFileSync(join(import.meta.dirname, '../../../../../docs/cli.md'), 'utf8')
const blocks = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text = '']) => text)
const lines = blocks.flatMap((text) => text.split('\n')).filter((line) => line.startsWith('latchkey '))

test('every command has an example in docs/cli.md', async () => {
  const missing = (await leaves([])).filter(
    (command) => !lines.some((line) => `${line} `.startsWith(`latchkey ${command.join(' ')} `)),
  )
  expect(missing).toEqual([])
})

test('every option in an example of docs/cli.md is an option of its command', async () => {
  const commands = await leaves([])
  expect(lines.length).toBeGreaterThan(commands.length)
  for (const line of lines) {
    const command = commands.find((words) => `${line} `.startsWith(`latchkey ${words.join(' ')} `))
    expect(command, line).toBeDefined()
    const { stdout } = await latchkey([...(command ?? []), '--help'])
    const flags = line.split('|')[0]?.match(/(?<=\s)--[a-z-]+/g) ?? []
    for (const flag of flags) expect(stdout, line).toMatch(new RegExp(`${flag}\\b`))
  }
})

test('every exit code of the help is in the table of docs/cli.md', async () => {
  const { stdout } = await latchkey(['--help'])
  const [, sentence = ''] = /Exit codes: ([^]*)/.exec(stdout) ?? []
  const codes = sentence.match(/\b\d+(?= )/g) ?? []
  expect(codes.length).toBeGreaterThan(7)
  for (const code of codes) expect(page).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'))
})

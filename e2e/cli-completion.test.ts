// The completion scripts, each tested in its own shell.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { has } from '../scripts/programs.mjs'
import { promptly } from './eventually.ts'
import { createIntegration } from './integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from './real-server.ts'
import { PROGRAM, startCli } from './run-cli.ts'

async function scriptFor(shell: string): Promise<string> {
  const cli = startCli(['completion', shell], {})
  expect(await promptly(cli.exited, { within: 60_000, what: 'the script is printed' })).toMatchObject({ code: 0 })
  const path = join(aTemporaryFolder(), `_latchkey.${shell}`)
  writeFileSync(path, cli.stdout())
  return path
}

function linesOf(shell: string, args: readonly string[]): readonly string[] {
  const { status, stdout, stderr } = spawnSync(shell, args, { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout.split('\n').filter((line) => line !== '')
}

/** A function for the shell that runs the built program against the server. */
const programFor = ({ dataDir }: RealServer): string =>
  `latchkey() { LATCHKEY_DATA_DIR='${dataDir}' '${process.execPath}' '${PROGRAM}' "$@"; }`

describe.skipIf(!has('bash'))('in bash', () => {
  const bash = (script: string, commands: string): readonly string[] =>
    linesOf('bash', ['--norc', '-c', `source ${script}\n${commands}`])

  /** The completions that Tab offers for the last word. */
  const offered = (script: string, ...words: readonly string[]): readonly string[] =>
    bash(
      script,
      `COMP_WORDS=(${['latchkey', ...words].map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${String(words.length)}
      _latchkey; printf '%s\\n' "\${COMPREPLY[@]}"`,
    )

  test('the script registers itself for latchkey', async () => {
    expect(bash(await scriptFor('bash'), 'complete -p latchkey')).toEqual(['complete -o default -F _latchkey latchkey'])
  })

  test('commands, subcommands, options, values and aliases are offered', async () => {
    const script = await scriptFor('bash')
    expect(offered(script, 'int')).toEqual(['integrations'])
    expect(offered(script, 'integrations', 'd')).toEqual(['disable', 'delete'])
    expect(offered(script, 'integrations', 'list', '--s')).toEqual(['--search', '--status', '--scope', '--sort'])
    expect(offered(script, 'integrations', 'list', '--status', '')).toEqual(['active', 'disabled'])
    expect(offered(script, 'integrations', 'get', '--j')).toEqual(['--json'])
    expect(offered(script, 'integrations', 'create', '--name', '')).toEqual([])
    expect(offered(script, 'serve', '--po')).toEqual(['--port'])
    expect(offered(script, 'serve', '--demo', '')).toEqual(['on', 'off'])
    expect(offered(script, '')).toEqual(expect.arrayContaining(['serve', 'doctor', 'watch', 'completion']))
  })

  test('the client IDs of the running server are offered as the first argument, and nothing is offered if no server runs', async () => {
    const script = await scriptFor('bash')
    const server = await startRealServer({ env: { LATCHKEY_DEMO: 'off' } })
    const { clientId } = await createIntegration(server, { name: 'Billing sync' })
    const words = (...line: readonly string[]) => offered(`${script}\n${programFor(server)}`, ...line)
    expect(words('integrations', 'show', 'lk')).toEqual([clientId])
    expect(words('secrets', 'rotate', 'lk')).toEqual([clientId])
    expect(words('integrations', 'show', clientId, 'lk')).toEqual([])
    await server.stop()
    expect(words('integrations', 'show', 'lk')).toEqual([])
  })
})

describe.skipIf(!has('zsh'))('in zsh', () => {
  test('the script is valid and registers itself for latchkey', async () => {
    const commands = `autoload -Uz compinit; compinit -D -u; source ${await scriptFor('zsh')}; print $_comps[latchkey]`
    expect(linesOf('zsh', ['-f', '-c', commands])).toEqual(['_latchkey'])
  })
})

describe.skipIf(!has('fish'))('in fish', () => {
  /** The completions of a partial line, without their descriptions. */
  const offered = (script: string, line: string): readonly string[] =>
    linesOf('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`]).map(
      (text) => text.split('\t')[0] ?? '',
    )

  test('commands, subcommands and values are offered', async () => {
    const script = await scriptFor('fish')
    expect(offered(script, 'latchkey int')).toEqual(['integrations'])
    expect(offered(script, 'latchkey integrations d').toSorted()).toEqual(['delete', 'disable'])
    expect(offered(script, 'latchkey integrations list --status ').toSorted()).toEqual(['active', 'disabled'])
  })

  test('the client IDs of the running server are offered with the names', async () => {
    const script = await scriptFor('fish')
    const server = await startRealServer({ env: { LATCHKEY_DEMO: 'off' } })
    const { clientId } = await createIntegration(server, { name: 'Billing sync' })
    const program = `function latchkey; LATCHKEY_DATA_DIR='${server.dataDir}' '${process.execPath}' '${PROGRAM}' $argv; end`
    const commands = `source ${script}; ${program}; complete -C 'latchkey integrations show lk'`
    expect(linesOf('fish', ['--no-config', '-c', commands])).toEqual([`${clientId}\tBilling sync`])
  })
})

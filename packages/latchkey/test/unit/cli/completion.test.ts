// latchkey completion: the scripts, tried in the shells that are here.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../a-folder.ts'
import { latchkey } from '../../run-command.ts'

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0

async function scriptFor(shell: string): Promise<string> {
  const { exitCode, stdout, stderr } = await latchkey(['completion', shell])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return join(aFolder({ script: stdout }), 'script')
}

describe.skipIf(!has('bash'))('in bash', () => {
  function bash(script: string, commands: string): readonly string[] {
    const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', `source ${script}\n${commands}`], {
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    return stdout.split('\n').filter((line) => line !== '')
  }

  /** What is offered when Tab is pressed at the end of the line. */
  const offered = (script: string, ...words: readonly string[]): readonly string[] =>
    bash(
      script,
      `COMP_WORDS=(${['latchkey', ...words].map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${String(words.length)}
      _latchkey; printf '%s\\n' "\${COMPREPLY[@]}"`,
    )

  test('the script registers itself for latchkey', async () => {
    expect(bash(await scriptFor('bash'), 'complete -p latchkey')).toEqual(['complete -o default -F _latchkey latchkey'])
  })

  test('commands, those below them, options, values and aliases are offered', async () => {
    const script = await scriptFor('bash')
    expect(offered(script, 'int')).toEqual(['integrations'])
    expect(offered(script, 'integrations', 'd')).toEqual(['disable', 'delete'])
    expect(offered(script, 'integrations', 'list', '--s')).toEqual(['--search', '--status', '--scope', '--sort'])
    expect(offered(script, 'integrations', 'list', '--status', '')).toEqual(['active', 'disabled'])
    expect(offered(script, 'integrations', 'get', '--j')).toEqual(['--json'])
    expect(offered(script, 'integrations', 'create', '--name', '')).toEqual([])
    expect(offered(script, 'serve', '--po')).toEqual(['--port'])
    expect(offered(script, '')).toEqual(expect.arrayContaining(['serve', 'doctor', 'watch', 'completion']))
  })
})

describe.each(['zsh', 'fish'])('for %s', (shell) => {
  test('the script knows every command', async () => {
    const { stdout } = await latchkey(['completion', shell])
    for (const word of ['integrations', 'rotate', 'explain', 'doctor', '--overlap'])
      expect(stdout).toContain(word.replace('--', ''))
  })

  test.skipIf(!has(shell))('the script is understood', async () => {
    const { status, stderr } = spawnSync(shell, ['-n', await scriptFor(shell)], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})

test('with --json the script comes in a document', async () => {
  const { stdout } = await latchkey(['completion', 'bash', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ shell: 'bash', script: expect.stringContaining('complete -o default') })
})

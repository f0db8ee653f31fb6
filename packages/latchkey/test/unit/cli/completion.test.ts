// latchkey completion: the commands and options in the scripts. Real shells run the scripts in e2e/cli-completion.test.ts.
import { expect, test } from 'vitest'
import { latchkey } from '../../run-command.ts'

test.each(['bash', 'zsh', 'fish'])(
  'the script for %s contains commands, subcommands, options and values',
  async (shell) => {
    const { exitCode, stdout, stderr } = await latchkey(['completion', shell])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const word of ['integrations', 'rotate', 'explain', 'doctor', 'overlap', 'jsonl csv'])
      expect(stdout).toContain(word)
  },
)

test('with --json the script is in a JSON document', async () => {
  const { stdout } = await latchkey(['completion', 'bash', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({
    shell: 'bash',
    script: expect.stringContaining('complete -o default') as string,
  })
})

// Finds the commands of the command line through its own help.
import { latchkey } from '../../run-command.ts'

/**
 * Returns the commands that have no subcommands, each as a list of words. `above` is the command to start from, empty
 * for all commands.
 */
export async function leaves(above: readonly string[]): Promise<readonly (readonly string[])[]> {
  const { stdout } = await latchkey([...above, '--help'])
  const names = stdout
    .split('\n\n')
    .filter((part) => !/^(?:Options|Arguments|Examples?):\n/.test(part))
    .filter((part) => /^\S.*:\n {2}[a-z]/.test(part))
    .flatMap((part) => [...part.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name = '']) => name))
  if (names.length === 0) return [above]
  return (await Promise.all(names.map((name) => leaves([...above, name])))).flat()
}

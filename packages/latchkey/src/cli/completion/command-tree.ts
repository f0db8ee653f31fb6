// The tree of commands for the completion scripts. Each command has its subcommands and options.
import type { Command, Option } from 'commander'

export interface OptionNode {
  /** The names of an option: `--json`, or `-y` and `--yes`. */
  readonly flags: readonly string[]
  readonly does: string
  /** The kind of the option's value: no value, a file name, any text, or one of some words. */
  readonly takes: 'nothing' | 'file' | 'text' | readonly string[]
}

export interface CommandNode {
  /** The words from the program's name to this command. */
  readonly path: readonly string[]
  readonly aliases: readonly string[]
  readonly does: string
  readonly commands: readonly CommandNode[]
  readonly options: readonly OptionNode[]
  /** True if the first argument is an integration. The scripts then ask the running server for client IDs. */
  readonly takesIntegration: boolean
}

/** Returns the tree of the program, or of one of its commands. */
export function commandTree(command: Command, above: readonly string[] = []): CommandNode {
  const path = [...above, command.name()]
  const help = command.createHelp()
  return {
    path,
    aliases: command.aliases(),
    does: firstClause(command.description()),
    commands: help.visibleCommands(command).map((child) => commandTree(child, path)),
    options: help.visibleOptions(command).map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      does: firstClause(option.description),
      takes: option.required ? valueOf(option) : 'nothing',
    })),
    takesIntegration: command.registeredArguments[0]?.name() === 'integration',
  }
}

function valueOf({ flags, argChoices }: Option): OptionNode['takes'] {
  const [, placeholder = ''] = /<([^>]+)>/.exec(flags) ?? []
  if (argChoices !== undefined) return argChoices
  if (placeholder.includes('|')) return placeholder.split('|')
  return placeholder === 'file' || placeholder === 'path' ? 'file' : 'text'
}

// Returns only the first clause, because shells show one short line for each word.
const firstClause = (text: string): string => /^[^.;:]*/.exec(text)?.[0] ?? text

/** Returns the node and all nodes below it, parents first. */
export const allNodes = (node: CommandNode): readonly CommandNode[] => [node, ...node.commands.flatMap(allNodes)]

/**
 * Returns every spelling of the path, with the names of commands and with their aliases. The program's name is left
 * out.
 */
export function spellings(tree: CommandNode, node: CommandNode): readonly string[] {
  const inside = node.path.slice(1)
  const steps = inside.map((word, index) => {
    const step = allNodes(tree).find(({ path }) => path.join(' ') === node.path.slice(0, index + 2).join(' '))
    return [word, ...(step?.aliases ?? [])]
  })
  return steps.reduce<readonly string[]>(
    (before, words) => before.flatMap((start) => words.map((word) => (start === '' ? word : `${start} ${word}`))),
    [''],
  )
}

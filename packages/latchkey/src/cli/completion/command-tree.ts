// The grammar as shells need it: every command with the words that may follow.
import type { Command, Option } from 'commander'

export interface OptionNode {
  /** `--json` or `-y` and `--yes`. */
  readonly flags: readonly string[]
  readonly does: string
  /** What may stand behind it: nothing, one of some words, the name of a file, any text. */
  readonly takes: 'nothing' | 'file' | 'text' | readonly string[]
}

export interface CommandNode {
  /** From the program's name on; the last word is what leads here. */
  readonly path: readonly string[]
  readonly aliases: readonly string[]
  readonly does: string
  readonly commands: readonly CommandNode[]
  readonly options: readonly OptionNode[]
}

/** Of the program or of one of its commands. */
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
  }
}

function valueOf({ flags, argChoices }: Option): OptionNode['takes'] {
  const [, placeholder = ''] = /<([^>]+)>/.exec(flags) ?? []
  if (argChoices !== undefined) return argChoices
  if (placeholder.includes('|')) return placeholder.split('|')
  return placeholder === 'file' || placeholder === 'path' ? 'file' : 'text'
}

// A list beside the prompt has room for no more.
const firstClause = (text: string): string => /^[^.;:]*/.exec(text)?.[0] ?? text

/** The node and all below it, the outermost first. */
export const allNodes = (node: CommandNode): readonly CommandNode[] => [node, ...node.commands.flatMap(allNodes)]

/** The ways to type the path, without the program's name: a command may be called by its alias. */
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

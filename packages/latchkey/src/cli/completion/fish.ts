// The completion script for fish. It runs a program only to get client IDs from the server.
import { allNodes, type CommandNode, type OptionNode, spellings } from './command-tree.ts'

export function fishScript(tree: CommandNode): string {
  const nodes = allNodes(tree)
  const paths = nodes.flatMap((node) => spellings(tree, node)).filter((path) => path !== '')
  return `# fish completion for latchkey: latchkey completion fish > ~/.config/fish/completions/latchkey.fish
function __latchkey_at
    set -l spelled ''
    for word in (commandline -opc)[2..-1]
        set -l longer (string trim -- "$spelled $word")
        contains -- $longer ${paths.map(quoted).join(' ')}; and set spelled $longer
    end
    contains -- "$spelled" $argv
end
# True directly after the command: the argument follows the command at once.
function __latchkey_right_after
    __latchkey_at $argv; and test (commandline -opc)[-1] = (string split ' ' -- $argv[1])[-1]
end
complete -c latchkey -f
${nodes.flatMap((node) => linesOf(node, spellings(tree, node))).join('\n')}
`
}

function linesOf(node: CommandNode, paths: readonly string[]): readonly string[] {
  const here = `complete -c latchkey -n "__latchkey_at ${paths.map(quoted).join(' ')}"`
  const commands = node.commands.map((child) => `${here} -a ${child.path.at(-1) ?? ''} -d ${quoted(child.does)}`)
  const integrations = node.takesIntegration
    ? paths.map(
        (path) =>
          `complete -c latchkey -n "__latchkey_right_after ${quoted(path)}" -a "(latchkey completion integrations 2>/dev/null)"`,
      )
    : []
  return [
    ...commands,
    ...integrations,
    ...node.options.map((option) => `${here} ${optionText(option)} -d ${quoted(option.does)}`),
  ]
}

function optionText({ flags, takes }: OptionNode): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ')
  if (takes === 'nothing') return names
  if (takes === 'file') return `${names} -r -F`
  return takes === 'text' ? `${names} -x` : `${names} -x -a ${quoted(takes.join(' '))}`
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

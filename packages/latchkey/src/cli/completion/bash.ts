// The completion script for bash. The script starts no program while the user types.
import { allNodes, type CommandNode, type OptionNode, spellings } from './command-tree.ts'

export function bashScript(tree: CommandNode): string {
  const nodes = allNodes(tree)
  const words = nodes.flatMap((node) =>
    spellings(tree, node).map((path) => `    '${path}') words='${wordsAfter(node).join(' ')}' ;;`),
  )
  const commands = nodes.flatMap((node) => spellings(tree, node)).filter((path) => path !== '')
  const taking = nodes.filter(({ takesIntegration }) => takesIntegration).flatMap((node) => spellings(tree, node))
  const values = nodes.flatMap((node) => spellings(tree, node).flatMap((path) => node.options.flatMap(valueCase(path))))
  return `# bash completion for latchkey. In ~/.bashrc: source <(latchkey completion bash)
_latchkey() {
  local word path='' words='' values=''
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " \${path:+$path }$word " in
${commands.map((path) => `      ' ${path} ') path='${path}' ;;`).join('\n')}
    esac
  done
  case "$path $previous" in
${values.join('\n')}
  esac
  case "$values" in
    @) return ;;
    ?*) COMPREPLY=($(compgen -W "$values" -- "$current")); return ;;
  esac
  case "$path" in
${words.join('\n')}
  esac
  case "$path" in
    ${taking.map((path) => `'${path}'`).join(' | ')})
      # The argument follows the command at once. The server knows the client IDs.
      if [[ $current != -* && $previous == "\${path##* }" ]]; then
        words="$words $("\${COMP_WORDS[0]}" completion integrations 2>/dev/null | cut -f 1)"
      fi ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _latchkey latchkey
`
}

const wordsAfter = ({ commands, options }: CommandNode): readonly string[] => [
  ...commands.map(({ path }) => path.at(-1) ?? ''),
  ...options.flatMap(({ flags }) => flags),
]

const valueCase =
  (path: string) =>
  ({ flags, takes }: OptionNode): readonly string[] => {
    if (takes === 'nothing') return []
    // For `@` the script offers no words, so bash completes file names because of `-o default`.
    const values = typeof takes === 'string' ? '@' : takes.join(' ')
    return [`    ${flags.map((flag) => `'${path} ${flag}'`).join(' | ')}) values='${values}' ;;`]
  }

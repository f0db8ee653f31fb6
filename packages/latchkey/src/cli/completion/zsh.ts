// The completion script for zsh. It runs a program only to get client IDs from the server.
import { allNodes, type CommandNode, type OptionNode, spellings } from './command-tree.ts'

export function zshScript(tree: CommandNode): string {
  const nodes = allNodes(tree)
  const commands = nodes.flatMap((node) => spellings(tree, node)).filter((path) => path !== '')
  const cases = nodes.map((node) => {
    const patterns = spellings(tree, node).map((path) => `'${path}'`)
    return `    ${patterns.join(' | ')})
      below=(${node.commands.map((child) => described(child.path.at(-1) ?? '', child.does)).join(' ')})
      flags=(${node.options.flatMap(({ flags, does }) => flags.map((flag) => described(flag, does))).join(' ')}) ;;`
  })
  const taking = nodes.filter(({ takesIntegration }) => takesIntegration).flatMap((node) => spellings(tree, node))
  const values = nodes.flatMap((node) => spellings(tree, node).flatMap((path) => node.options.flatMap(valueCase(path))))
  return `#compdef latchkey
# zsh completion for latchkey. In ~/.zshrc, after compinit: source <(latchkey completion zsh)
_latchkey() {
  local word spelled='' previous=$words[CURRENT-1]
  local -a below flags integrations
  for word in $words[2,CURRENT-1]; do
    case "\${spelled:+$spelled }$word" in
${commands.map((path) => `      '${path}') spelled='${path}' ;;`).join('\n')}
    esac
  done
  case "$spelled $previous" in
${values.join('\n')}
  esac
  case "$spelled" in
${cases.join('\n')}
  esac
  case "$spelled" in
    ${taking.map((path) => `'${path}'`).join(' | ')})
      # The argument follows the command at once. The server knows the client IDs.
      if [[ $previous == "\${spelled##* }" ]]; then
        integrations=("\${(@f)$($words[1] completion integrations 2>/dev/null)}")
        integrations=("\${integrations[@]/$'\\t'/:}")
        [[ -n "$integrations" ]] && _describe -t integrations integration integrations
      fi ;;
  esac
  (( $#below )) && _describe -t commands command below
  _describe -o option flags
}
compdef _latchkey latchkey
`
}

// Escapes the colon, which ends the word, and the quote, which ends the text.
const described = (word: string, does: string): string =>
  `'${word.replaceAll(':', '\\:')}:${does.replaceAll("'", `'\\''`)}'`

const valueCase =
  (path: string) =>
  ({ flags, takes }: OptionNode): readonly string[] => {
    if (takes === 'nothing') return []
    const act = takes === 'file' ? '_files' : takes === 'text' ? ':' : `compadd -- ${takes.join(' ')}`
    return [`    ${flags.map((flag) => `'${path} ${flag}'`).join(' | ')}) ${act}; return ;;`]
  }

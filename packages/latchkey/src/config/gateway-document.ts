// Generates an example configuration file of a gateway for `latchkey gateway --print-config`, with the default and the
// meaning of every setting.
import { REFERENCE_APIS } from '../domain/reference-catalog.ts'
import { type GatewaySetting, gatewaySettings } from './gateway-settings.ts'

/** Returns the file as YAML that `latchkey gateway --config` can read. Settings with a default are commented out. */
export function gatewayFile(): string {
  const lines: string[] = [HEAD]
  let level = ''
  for (const [key, row] of Object.entries(gatewaySettings)) {
    const [first = '', second] = key.split('.')
    if (second === undefined) lines.push('', ...comments(row.doc, ''), assignment(first, row, ''))
    else {
      if (first !== level) lines.push('', `${first}:`)
      lines.push(...comments(row.doc, '  '), assignment(second, row, '  '))
      level = first
    }
  }
  return `${[...lines, '', ...apis()].join('\n')}\n`
}

const HEAD = `# A gateway of Latchkey: latchkey gateway --config gateway.yaml
#
# Its integration needs the resource-server right. The credentials of the integration are not in this file: set
# LATCHKEY_CLIENT_ID, and one of LATCHKEY_CLIENT_SECRET, LATCHKEY_CLIENT_SECRET_FILE, LATCHKEY_CLIENT_PRIVATE_KEY_FILE and
# LATCHKEY_CLIENT_ASSERTION_FILE (paths of files).`

const REQUIRED = ['issuer', 'upstream']

function assignment(name: string, row: GatewaySetting, indent: string): string {
  const value = row.example ?? String(row.default)
  return `${indent}${REQUIRED.includes(name) ? '' : '#'}${name}: ${value}`
}

function comments(doc: string, indent: string): readonly string[] {
  const lines: string[] = []
  let line = `${indent}#`
  for (const word of doc.split(' ')) {
    if (line.length + 1 + word.length > 118) {
      lines.push(line)
      line = `${indent}#`
    }
    line += ` ${word}`
  }
  return [...lines, line]
}

/** Returns the default list of APIs as YAML comments. */
const apis = (): readonly string[] => [
  ...comments(
    'Which paths belong to which API. These five are the default, and your own list replaces them. A segment in braces stands for any one segment, ** at the end for any number of segments. A path that matches no route gets 404 and never reaches an upstream. An API may have its own upstream.',
    '',
  ),
  '#apis:',
  ...REFERENCE_APIS.flatMap(({ name, scope, routes }) => [
    `#  - name: ${name}`,
    `#    scope: ${scope}`,
    `#    routes: ${JSON.stringify(routes).replaceAll(',', ', ')}`,
  ]),
]

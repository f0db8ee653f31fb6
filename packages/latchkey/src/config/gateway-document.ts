// The file of a gateway with every setting, its default and what it means: what `latchkey gateway --print-config` prints.
import { REFERENCE_APIS } from '../domain/reference-catalog.ts'
import { type GatewaySetting, gatewaySettings } from './gateway-settings.ts'

/** YAML that `latchkey gateway --config` reads as it is. Settings with a default are commented out. */
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
# The credentials of its integration, which needs the resource-server right, are no setting of this file: they are
# LATCHKEY_CLIENT_ID, and LATCHKEY_CLIENT_SECRET or the file that LATCHKEY_CLIENT_SECRET_FILE names.`

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

/** The default route table, as if it had been written down. */
const apis = (): readonly string[] => [
  ...comments(
    'Which paths belong to which API. These five are the default; a list of your own replaces them. A segment in braces stands for any one, ** at the end for any that follow, none included. What matches nothing is 404 and never passed on. An API may name an upstream of its own.',
    '',
  ),
  '#apis:',
  ...REFERENCE_APIS.flatMap(({ name, scope, routes }) => [
    `#  - name: ${name}`,
    `#    scope: ${scope}`,
    `#    routes: ${JSON.stringify(routes).replaceAll(',', ', ')}`,
  ]),
]

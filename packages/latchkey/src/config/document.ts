// Generates texts from the settings table: docs/configuration.md, .env.example and the help of `latchkey serve`.
import { flagName } from './read-settings.ts'
import type { PlainSetting, SecretSetting, SettingGroup } from './setting.ts'
import { clientSettings, serverSettings, tokenClientSettings } from './settings.ts'

interface DocumentedSetting {
  readonly row: PlainSetting | SecretSetting
  readonly flag: string | undefined
}

const documented: readonly DocumentedSetting[] = [
  ...Object.entries(serverSettings).map(([key, row]) => ({ row, flag: row.secret ? undefined : flagName(key) })),
  ...[clientSettings.adminUrl, clientSettings.adminKey].map((row) => ({ row, flag: undefined })),
  ...Object.values(tokenClientSettings).map((row) => ({ row, flag: undefined })),
]

const groups: readonly SettingGroup[] = ['Listeners', 'Tokens', 'Data and keys', 'Console', 'Logs', 'Command line']

/** Returns the content of docs/configuration.md. */
export function configurationMarkdown(): string {
  const sections = groups.map((group) => [`## ${group}`, ...inGroup(group).map(entryMarkdown)].join('\n\n'))
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`
}

const INTRODUCTION = `<!-- Made from packages/latchkey/src/config/settings.ts by \`npm run generate\`; edit that file. -->

# Configuration

A flag of \`latchkey serve\` overrides its environment variable, and a variable overrides the default. The server reports
all problems at once, each with its cure. A variable that begins with \`LATCHKEY_\` and is not listed here is a problem
too, so that a typing error never means a default. \`latchkey config print --origin\` shows the settings in force and
where each comes from.

A secret has no flag. Set its variable, or set the variable with \`_FILE\` at the end of its name to the path of a file,
for example \`LATCHKEY_MASTER_KEY_FILE=/run/secrets/master_key\`.

\`--listen-all\` is \`--host 0.0.0.0\`, for containers; it opens the public listener alone. Integrations, scopes and keys
are data, edited through the admin API and the command line; they are never settings.`

function entryMarkdown({ row, flag }: DocumentedSetting): string {
  const facts = [
    row.secret ? `- File: \`${row.env}_FILE\`` : `- Value: ${inMarkdown(row.kind.expects)}`,
    `- Default: ${inMarkdown(row.defaultText)}`,
    ...(flag === undefined ? [] : [`- Flag: \`${flag}\``]),
    ...(row.alias === undefined ? [] : [`- Also read from: \`${row.alias}\``]),
  ]
  return [`### ${row.env}`, wrapped(inMarkdown(row.doc), 118).join('\n'), facts.join('\n')].join('\n\n')
}

// Puts the names of variables, and URLs, between backticks.
const inMarkdown = (text: string): string =>
  text.replace(
    /\b(?:LATCHKEY_[A-Z_]+(?:=[\w-]+)?|PORT)|\{public URL\}\/oauth2\/\{id\}|\\|api:\/\/\w+/g,
    (name) => `\`${name}\``,
  )

const inGroup = (group: SettingGroup): readonly DocumentedSetting[] =>
  documented.filter(({ row }) => row.group === group)

/** Returns the content of .env.example: every variable, commented out, with its default or an example. */
export function envExample(): string {
  const sections = groups.map((group) => [`# ${group}`, ...inGroup(group).map(entryExample)].join('\n\n'))
  const head =
    '# Every setting with its default. Made from packages/latchkey/src/config/settings.ts by `npm run generate`.'
  return `${[head, ...sections].join('\n\n')}\n`
}

function entryExample({ row }: DocumentedSetting): string {
  const notes = [...wrapped(row.doc, 118), `Default: ${row.defaultText}.`]
  const assignment = row.secret ? `${row.env}_FILE=${SECRET_PATHS}` : `${row.env}=${row.example ?? row.defaultText}`
  return [...notes.map((line) => `# ${line}`), `#${assignment}`].join('\n')
}

const SECRET_PATHS = '/run/secrets/…'

/** Returns the list of settings for `latchkey serve --help`. */
export function serveHelp(): string {
  const sections = groups
    .map((group) => ({ group, entries: inGroup(group).filter(({ row }) => isServerSetting(row)) }))
    .filter(({ entries }) => entries.length > 0)
  return sections.map(({ group, entries }) => [`${group}:`, ...entries.map(entryHelp)].join('\n')).join('\n\n')
}

function entryHelp({ row, flag }: DocumentedSetting): string {
  const names = row.secret
    ? `${row.env}, or ${row.env}_FILE with the path of a file`
    : `${flag ?? ''} <${row.kind.placeholder}>, ${row.env}`
  return [`  ${names}`, ...wrapped(`${row.doc} Default: ${row.defaultText}.`, 92).map((line) => `      ${line}`)].join(
    '\n',
  )
}

const isServerSetting = (row: PlainSetting | SecretSetting): boolean =>
  Object.values(serverSettings).some((candidate) => candidate === row)

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

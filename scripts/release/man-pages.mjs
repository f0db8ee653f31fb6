// Makes manual pages from the help of the command line: one for the program, and one for each of its commands.
import { program } from '../../packages/latchkey/src/cli/program.ts'

/** @typedef {import('commander').Command} Command */

/**
 * Returns the pages in the language of man(7), by their file names.
 *
 * @param {{ version: string, date: string }} release `date` as YYYY-MM-DD
 * @returns {Map<string, string>}
 */
export function manPages(release) {
  const root = commandLine()
  return new Map(
    [root, ...root.commands].map((command) => {
      const name = command === root ? 'latchkey' : `latchkey-${command.name()}`
      return [`${name}.1`, page(name, command, release)]
    }),
  )
}

/** Commander writes the help of a command into `written` instead of a terminal. */
let written = ''

function commandLine() {
  const silent = () => undefined
  return program(
    {
      ...{ env: {}, isScreen: false, width: 80, input: undefined, ask: undefined, progress: undefined },
      ...{ heading: (text) => text, coloured: (_colour, text) => text, draw: silent, remark: silent },
      data: (text) => {
        written += `${text}\n`
      },
      readerGone: new AbortController().signal,
    },
    silent,
  )
}

/** @param {string} name @param {Command} command @param {{ version: string, date: string }} release */
function page(name, command, { version, date }) {
  const below = command.commands.length > 0 && command.parent !== null ? command.commands : []
  return [
    `.TH ${name.toUpperCase().replaceAll('-', '\\-')} 1 ${date} "Latchkey ${version}" "User Commands"`,
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(command.summary() || command.description())}`,
    ...body(command),
    ...(command.parent === null
      ? listOf(
          'COMMANDS',
          command.commands.map((child) => [`latchkey-${child.name()}(1)`, child.description()]),
        )
      : []),
    ...below.flatMap((child) => [
      `.SH ${escaped(child.name().toUpperCase())}`,
      escaped(child.description()),
      ...body(child),
    ]),
    ...(command.parent === null ? [] : ['.SH SEE ALSO', '.BR latchkey (1)']),
    '',
  ].join('\n')
}

/** @param {Command} command */
function body(command) {
  const help = command.createHelp()
  const isProgram = command.parent === null
  return [
    ...(isProgram || command.parent?.parent === null ? ['.SH SYNOPSIS'] : ['.PP']),
    `.B ${escaped(help.commandUsage(command))}`,
    ...(isProgram || command.parent?.parent === null ? ['.SH DESCRIPTION', escaped(command.description())] : []),
    ...listOf(
      'ARGUMENTS',
      help.visibleArguments(command).map((each) => [help.argumentTerm(each), each.description]),
    ),
    ...listOf(
      'OPTIONS',
      help.visibleOptions(command).map((each) => [help.optionTerm(each), help.optionDescription(each)]),
    ),
    ...notesOf(command),
  ]
}

/** Returns what a command adds to its help: examples, and how it finds the server. @param {Command} command */
function notesOf(command) {
  written = ''
  command.outputHelp()
  const text = written.slice(command.helpInformation().trimEnd().length).trim()
  return text === '' ? [] : ['.PP', '.EX', ...text.split('\n').map(escaped), '.EE']
}

/** @param {string} title @param {readonly (readonly [string, string])[]} entries */
const listOf = (title, entries) =>
  entries.length === 0
    ? []
    : ['.PP', `.B ${title}`, ...entries.flatMap(([term, text]) => ['.TP', `.B ${escaped(term)}`, escaped(text)])]

/** A dot or a quote at the beginning of a line would be a macro of man(7). @param {string} text */
const escaped = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&')
    .replaceAll('…', '...')

// The parts that all commands share: the form of --help, --json and --yes, and the parsers of option values.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { closestName } from '../config/closest-name.ts'
import type { Confirmed } from './confirm.ts'
import type { Shown } from './show.ts'

export interface CommandText {
  /** One line that says what the command does, in lower case, for the list of commands. */
  readonly does: string
  /** Complete command lines that an operator can paste. */
  readonly examples: readonly string[]
  /** True for a command that programs run. Help does not list such a command. */
  readonly isHidden?: boolean
}

/** Adds a command that only has subcommands. */
export const group = (parent: Command, name: string, does: string): Command =>
  parent.command(name).description(does).helpCommand(false).addHelpText('after', SERVER_NOTES)

/** Adds a command with the option --json. */
export const command = (parent: Command, name: string, { does, examples, isHidden = false }: CommandText): Command =>
  parent
    .command(name, { hidden: isHidden })
    .description(does)
    .option('--json', 'print one JSON document, also for errors')
    .addHelpText('after', exampleText(examples))

/** Adds a command that shows a table. */
export const listCommand = (parent: Command, name: string, text: CommandText): Command =>
  command(parent, name, text).option('--wide', 'every column, with ids and exact times')

/** Adds a command that cannot be undone. It asks for confirmation unless --yes is given. */
export const destructive = (parent: Command, name: string, text: CommandText): Command =>
  command(parent, name, text).option('-y, --yes', 'do not ask for confirmation; required without a terminal')

export type Options = Shown & Confirmed

export const exampleText = (examples: readonly string[]): string =>
  `\n${examples.length === 1 ? 'Example' : 'Examples'}:\n${examples.map((line) => `  ${line}`).join('\n')}`

export const SERVER_NOTES = `
The server is the one that runs on the data folder (LATCHKEY_DATA_DIR), or the
one at LATCHKEY_ADMIN_URL. The admin key is read from LATCHKEY_ADMIN_KEY, from
the file that LATCHKEY_ADMIN_KEY_FILE names, or from admin.key in the data
folder.`

export const INTEGRATION_ARGUMENT = [
  '<integration>',
  'the client ID (lk…) or the id (int_…) of the integration',
] as const

/** Collects the values of a repeatable option. */
export const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

export const oneOf = (flags: string, does: string, choices: readonly string[]): Option =>
  new Option(flags, does).choices(choices)

/** Makes an option with so many choices that the message about an unknown value cannot list them. */
export const oneOfMany = (flags: string, does: string, choices: readonly string[]): Option =>
  oneOf(flags, does, choices).argParser((text) => {
    if (choices.includes(text)) return text
    const meant = closestName(text, choices)
    throw new InvalidArgumentError(meant === undefined ? 'Use --help to see the choices.' : `Did you mean ${meant}?`)
  })

/** Parses --idempotency-key, a text that an HTTP header can contain. */
export function idempotencyKey(text: string): string {
  if (/^[\x20-\x7e]{1,128}$/.test(text) && text.trim() === text) return text
  throw new InvalidArgumentError('It must be 1 to 128 printable ASCII characters.')
}

/** Returns a parser of whole numbers from `min` to `max`. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (number >= min && number <= max) return number
    throw new InvalidArgumentError(`It must be a whole number from ${String(min)} to ${String(max)}.`)
  }

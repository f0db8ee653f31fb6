// The shape that all commands share: what --help says, --json, --yes, the checks of option values.
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Confirmed } from './confirm.ts'
import type { Shown } from './show.ts'

export interface CommandText {
  /** In the lower case of a list: what it does. */
  readonly does: string
  /** Whole command lines, to paste. */
  readonly examples: readonly string[]
}

/** A word with commands below it. */
export const group = (parent: Command, name: string, does: string): Command =>
  parent.command(name).description(does).helpCommand(false).addHelpText('after', SERVER_NOTES)

/** A command; it takes --json like every other. */
export const command = (parent: Command, name: string, { does, examples }: CommandText): Command =>
  parent
    .command(name)
    .description(does)
    .option('--json', 'print one JSON document, also for errors')
    .addHelpText('after', exampleText(examples))

/** A command that ends something for good: it asks first, unless told not to. */
export const destructive = (parent: Command, name: string, text: CommandText): Command =>
  command(parent, name, text).option('-y, --yes', 'do not ask; needed where there is no terminal to ask on')

export type Options = Shown & Confirmed

export const exampleText = (examples: readonly string[]): string =>
  `\n${examples.length === 1 ? 'Example' : 'Examples'}:\n${examples.map((line) => `  ${line}`).join('\n')}`

export const SERVER_NOTES = `
The server is the one that runs on the data folder (LATCHKEY_DATA_DIR), or the
one at LATCHKEY_ADMIN_URL. The admin key is read from LATCHKEY_ADMIN_KEY, from
the file that LATCHKEY_ADMIN_KEY_FILE names, or from admin.key in the data
folder.`

export const INTEGRATION_ARGUMENT = ['<integration>', 'its client ID (lk…) or its id (int_…)'] as const

/** For options that are given once for each value. */
export const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

export const oneOf = (flags: string, does: string, choices: readonly string[]): Option =>
  new Option(flags, does).choices(choices)

/** For --idempotency-key: what may stand in a header. */
export function idempotencyKey(text: string): string {
  if (/^[\x20-\x7e]{1,128}$/.test(text) && text.trim() === text) return text
  throw new InvalidArgumentError('It must be 1 to 128 printable ASCII characters.')
}

/** For options: a whole number within bounds. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (number >= min && number <= max) return number
    throw new InvalidArgumentError(`It must be a whole number from ${String(min)} to ${String(max)}.`)
  }

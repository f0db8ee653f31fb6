// The environment of the process. No other file reads it.

export type Environment = Readonly<Record<string, string | undefined>>

export const environment = (): Environment => process.env

/** Returns how the operator called this command line, for examples to paste: through npm in a checkout, or by its name. */
export const commandName = (env: Environment): string =>
  env['npm_lifecycle_event'] === 'start' || env['npm_lifecycle_event'] === 'latchkey'
    ? 'npm run -s latchkey --'
    : 'latchkey'

/** https://no-color.org: set and not empty means no colour. */
export const allowsColour = (env: Environment): boolean => (env['NO_COLOR'] ?? '') === ''

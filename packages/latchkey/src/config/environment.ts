// The process's surroundings: the one place that reads them.

export type Environment = Readonly<Record<string, string | undefined>>

export const environment = (): Environment => process.env

/** How this command line was called, for examples that can be pasted: through npm in a checkout, or by its own name. */
export const commandName = (env: Environment): string =>
  env['npm_lifecycle_event'] === 'start' || env['npm_lifecycle_event'] === 'latchkey'
    ? 'npm run -s latchkey --'
    : 'latchkey'

/** https://no-color.org: set and not empty means no colour. */
export const allowsColour = (env: Environment): boolean => (env['NO_COLOR'] ?? '') === ''

// The environment of the process. No other file reads it.

export type Environment = Readonly<Record<string, string | undefined>>

export const environment = (): Environment => process.env

/** The package.json of the source checkout. */
const SOURCE = 'latchkey-workspace'

/**
 * Returns the command that examples show. `npm run -s latchkey --` if npm started this program in the source checkout.
 * `npx latchkey` if npm or npx started it from another package, whose commands are not on the PATH. Otherwise
 * `latchkey`.
 */
export function commandName(env: Environment): string {
  const event = env['npm_lifecycle_event']
  if (event === undefined) return 'latchkey'
  if (env['npm_package_name'] !== SOURCE) return 'npx latchkey'
  return event === 'start' || event === 'latchkey' ? 'npm run -s latchkey --' : 'latchkey'
}

/** https://no-color.org: set and not empty means no colour. */
export const allowsColour = (env: Environment): boolean => (env['NO_COLOR'] ?? '') === ''

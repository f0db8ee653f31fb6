// Reads the environment variables of the process. No other file reads `process.env`.

export type Environment = Readonly<Record<string, string | undefined>>

export const environment = (): Environment => process.env

/** The name in the package.json of the source checkout. */
const SOURCE = 'latchkey-workspace'

/**
 * Returns the command with which an operator can start Latchkey, for examples in messages: `npm run -s latchkey --` if
 * npm started this program in the source checkout, `npx latchkey` if npm or npx started it from another package (whose
 * commands are not on the PATH), and otherwise `latchkey`.
 */
export function commandName(env: Environment): string {
  const event = env['npm_lifecycle_event']
  if (event === undefined) return 'latchkey'
  if (env['npm_package_name'] !== SOURCE) return 'npx latchkey'
  return event === 'start' || event === 'latchkey' ? 'npm run -s latchkey --' : 'latchkey'
}

/** Returns false if the variable `NO_COLOR` is set and not empty (https://no-color.org). */
export const allowsColour = (env: Environment): boolean => (env['NO_COLOR'] ?? '') === ''

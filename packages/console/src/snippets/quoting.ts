// Writes a text as a literal of a snippet's language. No text can end its literal.

/** For any POSIX shell. */
export const inShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** For JavaScript. */
export const inJavaScript = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

/** For Python and Go: both read the escapes of JSON. */
export const inDoubleQuotes = (text: string): string => JSON.stringify(text)

/** For YAML. */
export const inYaml = (text: string): string => `'${text.replaceAll("'", "''")}'`

const PLAIN = /^[A-Za-z0-9_.:/@%+,-]+$/

/**
 * For a line of a `.env` file. Shells and other readers of such files agree on plain text, and on single quotes around
 * a text that contains no single quote. A text with a single quote is quoted for shells: other readers get another
 * value, but run no command.
 */
export const inEnvFile = (text: string): string => (PLAIN.test(text) ? text : inShell(text))

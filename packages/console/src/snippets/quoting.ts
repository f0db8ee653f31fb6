// A text as a literal of the language that a snippet is written in. No text can end the literal.

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
 * For a line of a `.env` file. Shells and the readers of such files agree on a plain text, and on single quotes around a
 * text that has none. A text with a single quote is written for shells alone: a reader that knows no shell quoting takes
 * another value, and runs nothing.
 */
export const inEnvFile = (text: string): string => (PLAIN.test(text) ? text : inShell(text))

// The output of the demo: headings, rows, and verdicts in colour on a terminal.
import { styleText } from 'node:util'

const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
  styleText(style, text, { stream: process.stdout })

export const heading = (text: string): void => {
  console.log(`\n${paint('bold', text)}`)
}

export const remark = (text: string): void => {
  console.log(`  ${text}`)
}

/** The request and its answer: green if it passed, red if it was refused. */
export const row = (
  what: string,
  request: string,
  { status, note }: { readonly status: number; readonly note: string },
): void => {
  const verdict = paint(status < 400 ? 'green' : 'red', String(status))
  console.log(`  ${what.padEnd(21)} ${paint('dim', request.padEnd(54))} ${verdict} ${note}`.trimEnd())
}

export const success = (text: string): void => {
  console.log(`\n${paint('green', '✓')} ${text}`)
}

export const failure = (text: string): void => {
  console.error(`\n${styleText('red', '✗', { stream: process.stderr })} ${text}`)
}

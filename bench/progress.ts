// Shows on a terminal which step is being measured.
const CLEAR_LINE = '\r\x1b[2K'

export function showProgress(step: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${CLEAR_LINE}… ${step}`)
}

export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write(CLEAR_LINE)
}

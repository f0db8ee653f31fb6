// A progress bar for commands that take long.

const CELLS = 30

/** `[#####.....] 5 of 10 rows` */
export function progressBar(done: number, all: number, said: string): string {
  const full = all === 0 ? CELLS : Math.min(CELLS, Math.floor((done / all) * CELLS))
  return `[${'#'.repeat(full)}${'.'.repeat(CELLS - full)}] ${said}`
}

/** Formats a number of bytes in the largest unit that gives at least one. */
export function byteCount(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB']
  const power = Math.max(0, Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  return `${power === 0 ? String(bytes) : (bytes / 1000 ** power).toFixed(1)} ${units[power] ?? ''}`
}

// Formats the line that shows the progress of a step, and its time.
import { basename } from 'node:path'

/** @typedef {import('./progress.mjs').Progress} Progress */

/**
 * @typedef {object} StepState
 * @property {string} name
 * @property {'run' | 'ok' | 'FAIL' | 'stop'} status `stop`: interrupted
 * @property {number} milliseconds since the step began
 * @property {Progress | undefined} progress undefined for a step that is not a suite
 */

/** The longest name of a step. */
const NAME_WIDTH = 9

/** @param {StepState} step */
export function progressLine({ name, status, milliseconds, progress }) {
  const words = [status.padEnd(4), name.padEnd(NAME_WIDTH), minutes(milliseconds).padStart(6)]
  return [...words, ...(progress === undefined ? [] : [` ${progressWords(progress)}`])].join(' ').trimEnd()
}

/** @param {Progress} progress */
function progressWords({ files, filesEnded, tally, current }) {
  if (files === undefined) return 'starting'
  const counts = [`${String(filesEnded).padStart(String(files).length)} of ${files} files`, `${tally.passed} passed`]
  if (tally.failed > 0) counts.push(`${tally.failed} failed`)
  if (tally.skipped > 0) counts.push(`${tally.skipped} skipped`)
  return `${counts.join(', ')}${current === undefined ? '' : `  ${basename(current, '.test.ts')}`}`
}

/** Formats milliseconds as minutes and seconds: `1:05`. @param {number} milliseconds */
function minutes(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/**
 * Cuts a line that is longer than `width` characters, so that the terminal does not wrap it.
 * @param {string} line
 * @param {number} width
 */
export function cutToWidth(line, width) {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`
}

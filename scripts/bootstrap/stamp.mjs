// Records of the last build (stamps), and a cheap fingerprint that shows whether a file has changed.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** @param {string} file @returns {string} size and time of change, or `absent` */
export function signOf(file) {
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats === undefined ? 'absent' : `${stats.size}:${stats.mtimeMs}`
}

/** @param {string} file @returns {string | undefined} */
export function readStamp(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // The stamp was never written, or was removed with node_modules. In both cases the step must run.
    return undefined
  }
}

/** @param {string} file @param {string} text */
export function writeStamp(file, text) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

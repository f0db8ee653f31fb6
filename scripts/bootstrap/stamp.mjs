// Notes about the last build, and the cheap fingerprint of a file that shows that it has not changed since.
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
    return undefined // never written, or removed with node_modules: both mean that the work must be done
  }
}

/** @param {string} file @param {string} text */
export function writeStamp(file, text) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

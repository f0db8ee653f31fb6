// Lists the files of a folder and of all folders in it.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** @param {string} folder @returns {string[]} */
export function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesUnder(path) : [path]
  })
}

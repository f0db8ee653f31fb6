// Lets one process at a time install or build in a checkout.
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { root } from './root.mjs'

// The lock is next to node_modules and not inside, because npm ci empties that folder.
const lock = join(root, '.bootstrap.lock')

// The error codes with which operating systems refuse to move a folder to an existing name.
const TAKEN = process.platform === 'win32' ? ['EPERM', 'EEXIST'] : ['ENOTEMPTY', 'EEXIST']

/** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
export async function withCheckoutLock(work) {
  let announced = 0
  while (!acquire()) {
    const holder = holderOf(lock)
    if (holder === undefined) continue // another process released the lock at this moment
    if (!isAlive(holder)) breakLockOf(holder)
    else {
      if (holder !== announced)
        process.stderr.write(`Waiting for process ${holder}, which is installing or building here (${lock})…\n`)
      announced = holder
      await pause(100)
    }
  }
  process.on('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

/**
 * Writes the holder into a new folder and then moves the folder into place, so that no process sees a lock without a
 * holder.
 */
function acquire() {
  const mine = mkdtempSync(`${lock}.`)
  writeFileSync(join(mine, 'pid'), String(process.pid))
  try {
    renameSync(mine, lock)
    return true
  } catch (cause) {
    rmSync(mine, { recursive: true, force: true })
    if (!TAKEN.includes(codeOf(cause))) throw cause
    return false
  }
}

/** @param {string} folder @returns {number | undefined} */
function holderOf(folder) {
  try {
    return Number(readFileSync(join(folder, 'pid'), 'utf8'))
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    throw cause
  }
}

/** @param {number} pid */
function isAlive(pid) {
  if (pid === process.pid) return false // the ID was used by an earlier process, as happens in a restarted container
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return codeOf(cause) === 'EPERM'
  }
}

/**
 * Removes the lock of a dead process. Two waiting processes may find the same dead holder. The slower one must not
 * remove the lock that the faster one has taken since, so it checks the folder again after moving it.
 * @param {number} pid
 */
function breakLockOf(pid) {
  const aside = mkdtempSync(`${lock}.`)
  const moved = join(aside, 'lock')
  try {
    renameSync(lock, moved)
    if (holderOf(moved) !== pid) renameSync(moved, lock)
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw cause
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

/**
 * The lock is moved away in one step. If its files were deleted one by one, the files of the next holder could be
 * deleted too.
 */
function release() {
  const aside = `${lock}.${process.pid}`
  renameSync(lock, aside)
  rmSync(aside, { recursive: true, force: true })
}

/** @param {unknown} cause @returns {string} */
function codeOf(cause) {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

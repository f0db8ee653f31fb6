// Lets one process at a time install or build in a checkout.
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { root } from './root.mjs'

// Beside node_modules and not inside, because npm ci empties that folder.
const lock = join(root, '.bootstrap.lock')

// The error codes of the systems for moving a folder to an existing name.
const TAKEN = process.platform === 'win32' ? ['EPERM', 'EEXIST'] : ['ENOTEMPTY', 'EEXIST']

/** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
export async function withCheckoutLock(work) {
  let announced = 0
  while (!acquire()) {
    const holder = holderOf(lock)
    if (holder === undefined) continue // another process released the lock in this moment
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

/** A folder that already names its holder is moved into place, so no process sees a lock without a holder. */
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
  if (pid === process.pid) return false // left by an earlier process of the same number, as in a restarted container
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return codeOf(cause) === 'EPERM'
  }
}

/**
 * Two waiting processes may find the same dead holder. The slower one must not remove the lock that the quicker one
 * has taken since, so it checks the moved folder again.
 *
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

/** Moved away in one act: a lock deleted piece by piece could take its successor's pieces with it. */
function release() {
  const aside = `${lock}.${process.pid}`
  renameSync(lock, aside)
  rmSync(aside, { recursive: true, force: true })
}

/** @param {unknown} cause @returns {string} */
function codeOf(cause) {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

// Notices that npm has been told to stop: npm passes a signal on to the shell it started, and the shell dies of it without a word to us.
const parent = process.ppid
const startedByNpm = process.env['npm_lifecycle_event'] !== undefined
const LOOK_EVERY_MS = 200

/**
 * Calls `act` once, when the shell between npm and this process is gone. Outside npm nothing is watched: there a parent
 * that goes away (nohup, disown) means that the program is to stay.
 *
 * @param {() => void} act
 * @returns {() => void} stops watching
 */
export function onOrphaned(act) {
  if (!startedByNpm) return () => {}
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    act()
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

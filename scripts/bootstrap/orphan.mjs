// Detects that npm was stopped. npm passes a signal only to its shell, and the shell ends without telling this process.
const parent = process.ppid
const startedByNpm = process.env['npm_lifecycle_event'] !== undefined
const LOOK_EVERY_MS = 200

/**
 * Calls `act` once, when the shell between npm and this process has ended. Outside npm it does nothing, because there
 * the end of the parent (nohup, disown) means that the program must continue.
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

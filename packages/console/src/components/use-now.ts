// The present time, updated once a second for all countdowns of a page.
import { useSyncExternalStore } from 'react'

let now = Date.now()
let timer: number | undefined
const watchers = new Set<() => void>()

function watch(notify: () => void): () => void {
  watchers.add(notify)
  timer ??= window.setInterval(() => {
    now = Date.now()
    for (const watcher of watchers) watcher()
  }, 1000)
  return () => {
    watchers.delete(notify)
    if (watchers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** In milliseconds. */
export const useNow = (): number =>
  useSyncExternalStore(watch, () => {
    // While no component subscribes, no timer updates the time, so the first subscriber reads the clock itself.
    if (timer === undefined) now = Date.now()
    return now
  })

// Checks within a time limit whether the store accepts writes, so that a scrape does not wait for a disk that does not
// respond.
import type { StoreHealth } from '../ports/store.ts'

const PATIENCE_MS = 2000

export function isStoreUp(health: Pick<StoreHealth, 'proveWrite'>): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      resolve(false)
    }, PATIENCE_MS)
    const answer = (isUp: boolean): void => {
      clearTimeout(late)
      resolve(isUp)
    }
    health.proveWrite().then(
      () => {
        answer(true)
      },
      () => {
        answer(false)
      },
    )
  })
}

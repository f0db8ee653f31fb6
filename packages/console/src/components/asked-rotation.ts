// A rotation that the palette asked for: the page of the integration opens its dialog when it is shown.
import { useEffect } from 'react'

/** The ID of the integration whose rotation was requested. */
let asked: string | undefined
const listeners = new Set<() => void>()

/** Requests a rotation. The page of the integration is on the screen, or is shown next. */
export function askRotation(integration: string): void {
  asked = integration
  for (const listener of listeners) listener()
}

/** Calls `onAsked` once for each requested rotation of this integration. */
export function useAskedRotation(integration: string, onAsked: () => void): void {
  useEffect(() => {
    const take = (): void => {
      if (asked !== integration) return
      asked = undefined
      onAsked()
    }
    take()
    listeners.add(take)
    return () => void listeners.delete(take)
  }, [integration, onAsked])
}

// The height of table rows. Each person chooses it, and the browser keeps it.
import { useState } from 'react'

export const DENSITIES = ['comfortable', 'compact'] as const
export type Density = (typeof DENSITIES)[number]

const KEY = 'latchkey-density'

export function keptDensity(): Density {
  try {
    return localStorage.getItem(KEY) === 'compact' ? 'compact' : 'comfortable'
  } catch {
    return 'comfortable' // the browser stores no data for this page
  }
}

/** Applies the height of table rows. Call it before the first paint. */
export function applyDensity(density: Density): void {
  document.documentElement.dataset['density'] = density
}

export function useDensity(): readonly [Density, (density: Density) => void] {
  const [density, setDensity] = useState(keptDensity)
  const choose = (chosen: Density): void => {
    setDensity(chosen)
    applyDensity(chosen)
    try {
      localStorage.setItem(KEY, chosen)
    } catch {
      // The choice holds until the page is loaded again.
    }
  }
  return [density, choose]
}

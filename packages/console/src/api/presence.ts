// Detects whether an operator uses the page, because requests that the page sends by itself must not keep the session
// alive.

const AWAY_MS = 60_000

let lastSeen = Date.now()
for (const event of ['pointerdown', 'pointermove', 'keydown'] as const) {
  window.addEventListener(
    event,
    () => {
      lastSeen = Date.now()
    },
    { passive: true, capture: true },
  )
}

export const isSomebodyThere = (): boolean => Date.now() - lastSeen < AWAY_MS

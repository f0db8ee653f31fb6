// Whether somebody is at the page: what it asks for by itself keeps nobody signed in.

const AWAY_MS = 60_000

let lastSeen = Date.now()
for (const event of ['pointerdown', 'pointermove', 'keydown'] as const) {
  window.addEventListener(event, () => { lastSeen = Date.now() }, { passive: true, capture: true }) // prettier-ignore
}

export const isSomebodyThere = (): boolean => Date.now() - lastSeen < AWAY_MS

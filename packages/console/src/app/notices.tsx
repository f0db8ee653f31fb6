// Shows short notices. They follow an act of the operator, so the code is loaded at the first touch or key.
import { lazy, Suspense, useEffect, useState } from 'react'

const Notifications = lazy(() =>
  import('./notification-list.tsx').then(({ NotificationList: component }) => ({ default: component })),
)

const FIRST_ACTS = ['pointerdown', 'keydown'] as const

export function Notices() {
  const [isNeeded, setNeeded] = useState(false)
  useEffect(() => {
    const need = () => setNeeded(true)
    for (const act of FIRST_ACTS) window.addEventListener(act, need, { once: true })
    return () => {
      for (const act of FIRST_ACTS) window.removeEventListener(act, need)
    }
  }, [])
  if (!isNeeded) return null
  return (
    <Suspense>
      <Notifications />
    </Suspense>
  )
}

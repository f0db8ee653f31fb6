// Shows short notices. Only actions of the operator lead to notices, so the code is loaded at the first touch or key
// press.
import { Suspense, useEffect, useState } from 'react'
import { lazyPart } from '../components/lazy-part.tsx'

const Notifications = lazyPart(() => import('./notification-list.tsx'), 'NotificationList')

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

// Tells the operator if the numbers on the page are no longer live.
import { useEffect, useState, useSyncExternalStore } from 'react'
import { currentConnection, watchConnection } from '../api/live-connection.ts'
import { Banner } from '../components/banner.tsx'
import { localTime } from '../components/times.ts'
import { t } from '../strings.ts'

/**
 * The page shows a banner if it has no stream for this long. The server ends each stream after an hour, and a page
 * usually reconnects sooner than this.
 */
const PATIENCE_MS = 2500

export function ConnectionBanner() {
  const { state, freshAt } = useSyncExternalStore(watchConnection, currentConnection)
  const [isPatient, setPatient] = useState(true)
  useEffect(() => {
    setPatient(true)
    if (state !== 'lost') return
    const timer = window.setTimeout(() => setPatient(false), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [state])
  if (state !== 'lost' || isPatient) return null
  return (
    <Banner tone="warning" title={t.shell.lost(localTime(freshAt))}>
      {t.shell.lostBody}
    </Banner>
  )
}

// A check box of a row. It is the plain check box of the browser, so that a table with hundreds of rows appears
// quickly.
import { useEffect, useRef } from 'react'

export interface TickProps {
  readonly label: string
  readonly isChecked: boolean
  /** True if only some of the rows that the check box represents are selected. */
  readonly isPartial?: boolean
  readonly onChange: () => void
}

export function Tick({ label, isChecked, isPartial = false, onChange }: TickProps) {
  const box = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = isPartial
  }, [isPartial])
  return <input ref={box} type="checkbox" className="tick" aria-label={label} checked={isChecked} onChange={onChange} />
}

// The rows of a table as cards, for windows that are narrower than the table.
import type { ReactNode } from 'react'

export function RowCards({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <ul className="row-cards" aria-label={label}>
      {children}
    </ul>
  )
}

// The mark and the name of the product, at the top of the frame and of the pages without a frame.
import { t } from '../strings.ts'
import { Mark } from './mark.tsx'

export function Brand() {
  return (
    <span className="brand">
      <Mark size={20} />
      {t.product}
    </span>
  )
}

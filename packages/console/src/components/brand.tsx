// The mark and the name of the product, at the top of the frame and of the pages without a frame.
import { t } from '../strings.ts'
import { Mark } from './mark.tsx'

export function Brand({ size = 24 }: { readonly size?: number }) {
  return (
    <span className="brand">
      <Mark size={size} />
      {t.product}
    </span>
  )
}

// Tells whether the window is as narrow as on a phone.
import { useMediaQuery } from '@mantine/hooks'

/** True in a window below 640 px, where a table would have to be scrolled sideways. */
export const useIsNarrow = (): boolean =>
  useMediaQuery('(max-width: 39.99em)', false, { getInitialValueInEffect: false })

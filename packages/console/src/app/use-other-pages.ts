// The pages outside the group Models that the signed-in operator may see.
import { useMay } from '../api/use-session.ts'
import { PAGE_GROUPS } from './pages.ts'

export function useOtherPages() {
  const isOwner = useMay('owner')
  return PAGE_GROUPS.flatMap(({ pages }) => pages.filter((page) => isOwner || !('role' in page)))
}

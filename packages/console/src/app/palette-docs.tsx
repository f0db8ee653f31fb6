// The pages and headings of the documentation that the palette offers.
import type { SpotlightActionData } from '@mantine/spotlight'
import { IconFileText } from '@tabler/icons-react'
import { headings } from 'virtual:docs-headings'
import { t } from '../strings.ts'

const FEWEST_LETTERS = 2
const MOST = 6

/** Returns the headings that contain all words of the text, pages first. */
export function docsActions(text: string): readonly SpotlightActionData[] {
  if (text.length < FEWEST_LETTERS) return []
  const words = text.toLowerCase().split(/\s+/)
  const found = headings.filter((heading) => words.every((word) => heading.text.toLowerCase().includes(word)))
  return found
    .toSorted((one, other) => Number(one.page !== '') - Number(other.page !== ''))
    .slice(0, MOST)
    .map(({ address, text: label, page }) => ({
      id: `docs ${address}`,
      label,
      description: page === '' ? t.palette.docsPage : page,
      leftSection: <IconFileText size={18} stroke={1.75} aria-hidden />,
      // These headings already match, word by word. The text as their keyword keeps the palette from hiding them.
      keywords: text,
      onClick: () => window.location.assign(`/docs/${address}`),
    }))
}

// All references of a built site: what they lead to, and what is broken.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'

const REFERENCE = /\s(?:href|src|data-[\w-]+)="([^"]*)"/g
const IDENTIFIER = /\sid="([^"]*)"/g

const unescaped = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

const isElsewhere = (reference: string): boolean => /^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(reference)

/** Returns "page: reference" for each that leads to no file, or to an anchor that its page does not have once. */
export function brokenReferences(site: string, pages: readonly string[]): readonly string[] {
  const contents = new Map(pages.map((page) => [page, readFileSync(join(site, page), 'utf8')]))
  const anchors = new Map(
    [...contents].map(([page, content]) => [page, [...content.matchAll(IDENTIFIER)].map(([, id = '']) => id)]),
  )
  const isBroken = (page: string, reference: string): boolean => {
    const [address = '', anchor] = reference.split('#')
    const path = decodeURIComponent(address.replace(/\?.*$/, ''))
    const target = path === '' ? page : posix.join(posix.dirname(page), path)
    const file = join(site, target)
    // The address of the root, from which the search makes addresses, is the one folder.
    if (!existsSync(file) || (statSync(file).isDirectory() && !/^(?:\.\.\/)*$/.test(path))) return true
    if (anchor === undefined) return false
    return anchors.get(target)?.filter((id) => id === decodeURIComponent(anchor)).length !== 1
  }
  return [...contents].flatMap(([page, content]) =>
    referencesOf(content)
      .filter((reference) => !/^(?:https?|mailto):/.test(reference) && isBroken(page, reference))
      .map((reference) => `${page}: ${reference}`),
  )
}

const referencesOf = (content: string): readonly string[] => [
  ...new Set([...content.matchAll(REFERENCE)].map(([, reference = '']) => unescaped(reference))),
]

/** Returns what is loaded from elsewhere, or depends on where the site is. Links to other sites may be followed. */
export function foreignReferences(site: string, pages: readonly string[]): readonly string[] {
  return pages.flatMap((page) => {
    const content = readFileSync(join(site, page), 'utf8')
    const loaded = [...content.matchAll(/<(?:link|script|img|source|iframe)\b[^>]*?\s(?:href|src)="([^"]*)"/g)]
    const rooted = [...content.matchAll(/\shref="(\/[^"]*)"/g)]
    return [...loaded, ...rooted]
      .map(([, reference = '']) => reference)
      .filter(isElsewhere)
      .map((reference) => `${page}: ${reference}`)
  })
}

// Finds the references of a built site: links, images, styles and scripts. Reports the broken references and the
// references that lead outside.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'

const REFERENCE = /\s(?:href|src|data-[\w-]+)="([^"]*)"/g
const IDENTIFIER = /\sid="([^"]*)"/g

const unescaped = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

const isElsewhere = (reference: string): boolean => /^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(reference)

/**
 * Returns "page: reference" for each reference whose file is missing, or whose anchor does not occur exactly once on
 * its page.
 */
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
    // The search builds addresses from a reference to the root of the site. A reference may lead to this folder, but to
    // no other folder.
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

/**
 * Returns references that make a browser load something from another site, or that start at the root of the host. Plain
 * links to other sites are allowed.
 */
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

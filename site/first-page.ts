// The first page: what Latchkey is on the left, what it does on the right, and a door for each kind of reader below.
import { FIRST_PAGE } from './address.ts'
import { parseMarkdown } from './markdown.ts'
import type { Page } from './page.ts'
import { type Build, pageOf } from './read-page.ts'
import { readText } from './root.ts'

/** Reads site/first-page.md: the text before the first door, a block of code in it, and a heading for each door. */
export function firstPage(build: Build): Page {
  const page = pageOf(FIRST_PAGE, parseMarkdown(readText(FIRST_PAGE)), build)
  const [introduction = '', ...doors] = page.html.split(/(?=<h2)/)
  const [text = '', example = ''] = introduction.split(/(?=<div class="code">)/)
  const sections = doors.map((door) => `<section>${door.replaceAll(/ <a class="anchor".*?<\/a>/g, '')}</section>`)
  const html = `<div class="promise">${text}</div>\n${example}<div class="doors">${sections.join('\n')}</div>`
  return { ...page, html }
}

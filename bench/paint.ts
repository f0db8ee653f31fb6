// How long the console takes until a list is on the screen, in the browser itself.
import type { Page } from 'playwright-core'
import type { AdminAccess } from './admin-pages.ts'

const ELSEWHERE = '/settings/configuration'
/** As many as the window has room for. */
const ROWS_IN_SIGHT = 15
const PERSON = { email: 'bench@example.org', password: 'four words are long enough' }

/** Makes the first owner of a server that has none, and is signed in as them. */
export async function signInAsFirstOwner(page: Page, { adminUrl, key }: AdminAccess): Promise<void> {
  const made = await fetch(`${adminUrl}/admin/v1/setup-links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
  })
  const { link } = (await made.json()) as { readonly link: string }
  await page.goto(link)
  await page.locator('input[name=email]').fill(PERSON.email)
  await page.locator('input[name=password]').fill(PERSON.password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('link', { name: 'Skip, and go to Integrations' }).waitFor()
}

/** From the click on Integrations until the rows that the window shows are painted, in milliseconds. Nothing of the list was read before. */
export async function paintOfList(page: Page, adminUrl: string): Promise<number> {
  await page.goto(adminUrl + ELSEWHERE)
  await page.getByRole('table').first().waitFor()
  return painted(page, `document.querySelector('nav a[href="/models/integrations"]').click()`, ROWS_IN_SIGHT)
}

/** From the last letter that was typed until what was found is painted, the wait for more letters included. */
export async function paintOfSearch(page: Page, text: string, rows: number): Promise<number> {
  const type = `(() => {
    const field = document.querySelector('input[type=search]')
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, ${JSON.stringify(text)})
    field.dispatchEvent(new Event('input', { bubbles: true }))
  })()`
  return painted(page, type, rows)
}

/** A frame is on the screen once the one after it begins. */
const painted = (page: Page, act: string, rows: number): Promise<number> => {
  // What was found is few, and takes the place of more; what is listed may have grown by the next frame.
  const enough = rows < ROWS_IN_SIGHT ? `shown === ${String(rows)}` : `shown >= ${String(rows)}`
  return page.evaluate<number>(`new Promise((resolve) => {
    const begun = performance.now()
    const look = () => {
      const shown = document.querySelectorAll('tbody a[href^="/models/integrations/"]').length
      requestAnimationFrame(${enough} ? () => resolve(performance.now() - begun) : look)
    }
    ${act}
    look()
  })`)
}

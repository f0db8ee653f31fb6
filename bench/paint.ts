// How long the console takes to show a list, measured in the browser.
import type { Page } from 'playwright-core'
import type { AdminAccess } from './admin-pages.ts'

const ELSEWHERE = '/settings/configuration'
/** The number of rows that are visible in the window without scrolling. */
const ROWS_IN_SIGHT = 15
const PERSON = { email: 'bench@example.org', password: 'four words are long enough' }

/** Makes the first owner of a new server, and signs in as this owner. */
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

/**
 * Returns the milliseconds from the click on Integrations until the visible rows are painted. The console has read no
 * part of the list before.
 */
export async function paintOfList(page: Page, adminUrl: string): Promise<number> {
  await page.goto(adminUrl + ELSEWHERE)
  await page.getByRole('table').first().waitFor()
  return painted(page, `document.querySelector('nav a[href="/models/integrations"]').click()`, ROWS_IN_SIGHT)
}

/**
 * Returns the milliseconds from the last typed letter until the matches are painted. They include the console's pause
 * in which it waits for more letters.
 */
export async function paintOfSearch(page: Page, text: string, rows: number): Promise<number> {
  const type = `(() => {
    const field = document.querySelector('input[type=search]')
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, ${JSON.stringify(text)})
    field.dispatchEvent(new Event('input', { bubbles: true }))
  })()`
  return painted(page, type, rows)
}

/**
 * Returns the milliseconds from the action until the rows are painted. A frame is on the screen when the next frame
 * begins.
 */
const painted = (page: Page, act: string, rows: number): Promise<number> => {
  // A search shows fewer rows than the list, so their number must match exactly. A list may grow by the next frame.
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

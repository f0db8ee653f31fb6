// The language check of `npm run check`: fails where a comment, a page, a test title or a message has a banned word.
import { bannedIn } from './language/banned-words.mjs'
import { proseOfRepository } from './language/files.mjs'

let count = 0
for (const { path, line, text } of proseOfRepository()) {
  for (const { found, instead } of bannedIn(text)) {
    count += 1
    console.log(`${path}:${line}: write ${instead} in place of "${found}"`)
  }
}
if (count > 0) process.exitCode = 1

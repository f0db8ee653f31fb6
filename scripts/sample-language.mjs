// Draws comments, test titles and messages at random, for a reader who does not know the project.
// node scripts/sample-language.mjs [--seed=N] [--comments=N] [--titles=N] [--messages=N]
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { proseOfRepository } from './language/files.mjs'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    comments: { type: 'string', default: '100' },
    titles: { type: 'string', default: '40' },
    messages: { type: 'string', default: '40' },
  },
})

/**
 * Returns a generator of numbers from 0 up to 1 (Mulberry32). The same seed gives the same numbers.
 * @param {number} seed
 */
function randomNumbers(seed) {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * False for what is not judged: a single word, a type alone, and a message in a test.
 * @param {import('./language/prose.mjs').Prose & { path: string }} prose
 */
const isSentence = ({ kind, path, text }) =>
  text.includes(' ') && !text.startsWith('@') && (kind !== 'message' || !/(^e2e|\/test)\//.test(path))

const random = randomNumbers(Number(values.seed))
const all = [...proseOfRepository()]
console.log(`seed ${values.seed}`)
for (const [kind, count] of /** @type {const} */ ([
  ['comment', values.comments],
  ['title', values.titles],
  ['message', values.messages],
])) {
  const rest = all.filter((prose) => prose.kind === kind && isSentence(prose))
  console.log(`\n${kind}s: ${count} of ${rest.length}`)
  for (let drawn = 0; drawn < Number(count) && rest.length > 0; drawn += 1) {
    const [prose] = rest.splice(Math.floor(random() * rest.length), 1)
    if (prose !== undefined) console.log(`${prose.path}:${prose.line}: ${[...prose.groups, prose.text].join(' > ')}`)
  }
}

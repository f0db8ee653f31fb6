// Words that make a sentence hard to read, each with what to write instead.

/** @typedef {{ words: RegExp, instead: string }} BannedWords */

/** At most 24 entries. Text in backticks is a name and is not checked. @type {readonly BannedWords[]} */
export const BANNED_WORDS = [
  { words: /\bwhoever\b/i, instead: 'the actor: "the caller", "a client that …"' },
  { words: /\b(nobody|no one)\b/i, instead: 'the actor: "no server", "no client"' },
  { words: /\b(somebody|everybody)\b/i, instead: 'the actor: "another operator", "every client"' },
  { words: /\bthose who\b/i, instead: 'the noun: "operators who …"' },
  { words: /\bnothing of\b/i, instead: '"no part of"' },
  { words: /\bfor good\b/i, instead: '"permanently"' },
  { words: /\banew\b/i, instead: '"again"' },
  { words: /\bmeanwhile\b/i, instead: '"while …", with what happens in that time' },
  { words: /\bof now\b/i, instead: '"current"' },
  { words: /\bby surprise\b/i, instead: '"without notice"' },
  { words: /\blet(s|ting)? go\b/i, instead: '"release"' },
  { words: /\b(hears?|heard) of\b/i, instead: '"receives", "is notified of"' },
  { words: /\bin vain\b/i, instead: '"without success"' },
  { words: /\bfor ever\b/i, instead: '"without end", "always"' },
  { words: /\bturn(s|ed|ing)? away\b/i, instead: '"reject"' },
  { words: /\bhindrances?\b/i, instead: '"unsafe setting"' },
  { words: /\b(farewell|departure)s?\b/i, instead: '"drain"' },
  { words: /\bpatience\b/i, instead: '"retry budget"' },
  { words: /\b(desk|sharer)s?\b/i, instead: '"issuance coalescer", "token managers", "pending request"' },
  { words: /\b(come|comes|came) of\b/i, instead: '"the result of"' },
]

/** Returns the banned words in a text. @param {string} text */
export const bannedIn = (text) => {
  const withoutNames = text.replace(/`[^`]*`/g, 'code')
  return BANNED_WORDS.flatMap(({ words, instead }) => {
    const found = words.exec(withoutNames)
    return found === null ? [] : [{ found: found[0], instead }]
  })
}

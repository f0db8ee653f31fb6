// The proven subject: the text by which histories and logs name whom a platform's assertion has proven.
import { printableText } from './printable-text.ts'
import { claimAt, type Claims, type ClaimPath } from './trust-rule.ts'
import type { Platform } from './trusted-issuer.ts'

/** The claims that name the subject, with the word before each. Claims about people, such as `actor`, are left out. */
const NAMED_BY: Readonly<Record<Platform, readonly (readonly [word: string, path: ClaimPath])[]>> = {
  kubernetes: [
    ['', ['kubernetes.io', 'namespace']],
    ['/', ['kubernetes.io', 'serviceaccount', 'name']],
    [' pod ', ['kubernetes.io', 'pod', 'name']],
  ],
  github: [
    ['', ['repository']],
    [' ', ['ref']],
    [' run ', ['run_id']],
    ['.', ['run_attempt']],
  ],
  gitlab: [
    ['', ['project_path']],
    [' ', ['ref']],
    [' job ', ['job_id']],
  ],
  spiffe: [],
  oidc: [],
}

/** Returns at most 120 characters of printable ASCII. Falls back to `sub` if the platform's first claim is absent. */
export function provenSubject(platform: Platform, subject: string, claims: Claims): string {
  const [first] = NAMED_BY[platform]
  if (first === undefined || claimAt(claims, first[1]) === undefined) return printableText(subject)
  const parts = NAMED_BY[platform].map(([word, path]) => {
    const found = claimAt(claims, path)
    return found === undefined ? '' : `${word}${found}`
  })
  return printableText(parts.join(''))
}

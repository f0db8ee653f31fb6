// The proven subject: the short text with which histories and logs name the workload that authenticated with a
// platform's assertion.
import { printableText } from './printable-text.ts'
import { claimAt, type Claims, type ClaimPath } from './trust-rule.ts'
import type { Platform } from './trusted-issuer.ts'

/**
 * For each platform, the claims that make up the proven subject, each with the text that precedes it. Claims about
 * people, such as `actor`, are not used.
 */
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

/**
 * Returns the proven subject in at most 120 characters of printable ASCII. Returns `subject` (the claim `sub`) if the
 * platform has no list of claims, or if the first claim of the list is missing.
 */
export function provenSubject(platform: Platform, subject: string, claims: Claims): string {
  const [first] = NAMED_BY[platform]
  if (first === undefined || claimAt(claims, first[1]) === undefined) return printableText(subject)
  const parts = NAMED_BY[platform].map(([word, path]) => {
    const found = claimAt(claims, path)
    return found === undefined ? '' : `${word}${found}`
  })
  return printableText(parts.join(''))
}

// E-mail addresses, which are the account names of operators. The server never sends e-mail.
import { hasUnseen } from './unseen.ts'

const SHAPE = /^[^\s@]{1,64}@[^\s@]+$/u
const LONGEST = 254 // The limit of RFC 5321 §4.5.3.1.3, without the angle brackets.

/**
 * Returns the address in the normalized form in which the server stores and compares it. Undefined for a malformed
 * address.
 */
export function readEmail(text: string): string | undefined {
  const email = text.trim().normalize('NFKC').toLowerCase()
  return email.length <= LONGEST && SHAPE.test(email) && !hasUnseen(email) ? email : undefined
}

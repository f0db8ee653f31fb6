// E-mail addresses as names of accounts: nothing is ever sent to them.
import { hasUnseen } from './unseen.ts'

const SHAPE = /^[^\s@]{1,64}@[^\s@]+$/u
const LONGEST = 254 // RFC 5321 §4.5.3.1.3, without the angle brackets

/** In the one spelling that is kept and compared; undefined for what is no address. */
export function readEmail(text: string): string | undefined {
  const email = text.trim().normalize('NFKC').toLowerCase()
  return email.length <= LONGEST && SHAPE.test(email) && !hasUnseen(email) ? email : undefined
}

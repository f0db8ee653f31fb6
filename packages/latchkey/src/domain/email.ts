// E-mail addresses as names of accounts: nothing is ever sent to them.

// Control and direction characters forge lines in logs and make one name read as another.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const SHAPE = /^[^\s@]{1,64}@[^\s@]+$/u
const LONGEST = 254 // RFC 5321 §4.5.3.1.3, without the angle brackets

/** In the one spelling that is kept and compared; undefined for what is no address. */
export function readEmail(text: string): string | undefined {
  const email = text.trim().normalize('NFKC').toLowerCase()
  return email.length <= LONGEST && SHAPE.test(email) && !UNPRINTABLE.test(email) ? email : undefined
}

// The rules for passwords: a password must be long enough and must not be a common one. Rules about kinds of characters
// are missing on purpose: they make passwords worse (NIST SP 800-63B §3.1.1.2).

export const SHORTEST_PASSWORD = 12
/** The largest number of characters. A longer password would add no security, and would take longer to hash. */
export const LONGEST_PASSWORD = 256

export type PasswordProblem = 'too_short' | 'too_long' | 'is_the_email' | 'commonplace'

/**
 * Returns the reason why the server does not accept a password. Undefined if the server accepts the password. Lengths
 * are counted in characters (code points).
 */
export function passwordProblem(password: string, email: string): PasswordProblem | undefined {
  const length = [...password].length
  if (length < SHORTEST_PASSWORD) return 'too_short'
  if (length > LONGEST_PASSWORD) return 'too_long'
  const folded = password.normalize('NFKC').toLowerCase()
  if (folded === email) return 'is_the_email'
  return COMMONPLACE.has(folded.replaceAll(/[^\p{L}\p{N}]/gu, '')) || new Set(folded).size < 3
    ? 'commonplace'
    : undefined
}

/** Common passwords of at least twelve characters, in lower case and without punctuation. */
const COMMONPLACE: ReadonlySet<string> = new Set([
  '0123456789ab',
  '012345678901',
  '0987654321098',
  '123123123123',
  '123456123456',
  '1234567890123',
  '12345678901234',
  '123456789012',
  '1234567890ab',
  '1234567890qwertyuiop',
  '1q2w3e4r5t6y',
  '1qaz2wsx3edc',
  '1qaz2wsx3edc4rfv',
  'abc123abc123',
  'abcd12345678',
  'abcdefghijkl',
  'abcdefghijklm',
  'administrator',
  'administrator1',
  'adminadminadmin',
  'admin1234567',
  'admin12345678',
  'changemechangeme',
  'changeme1234',
  'changemeplease',
  'correcthorsebatterystaple',
  'defaultpassword',
  'iloveyou1234',
  'latchkey1234',
  'latchkeyadmin',
  'latchkeylatchkey',
  'letmeinletmein',
  'letmein12345',
  'mypassword123',
  'mypassword1234',
  'p4ssw0rdp4ssw0rd',
  'passw0rd1234',
  'passw0rdpassw0rd',
  'password1234',
  'password12345',
  'password123456',
  'passwordpassword',
  'q1w2e3r4t5y6',
  'qazwsxedcrfv',
  'qwerty123456',
  'qwertyqwerty',
  'qwertyuiop12',
  'qwertyuiop123',
  'qwertyuiopasdfghjkl',
  'secretsecret',
  'supersecret1',
  'supersecret123',
  'superuser1234',
  'thisisapassword',
  'welcome12345',
  'welcome123456',
  'welcomewelcome',
])

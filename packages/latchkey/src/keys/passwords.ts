// Hashes passwords with Argon2id, one at a time.
import { createHmac } from 'node:crypto'
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Passwords, PasswordsBusy } from '../ports/passwords.ts'
import { hashArgon2id, isArgon2idOf } from './argon2id.ts'
import type { DerivedKeys } from './derived-keys.ts'

/**
 * The parameters for new hashes: those that OWASP recommends for Argon2id (RFC 9106) with 19 MiB of memory. The check
 * of a stored hash uses the parameters that the hash itself names.
 */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1 } as const

// Hashing shares Node's thread pool with the signing of tokens. If the pool has two threads, hashing one password at a
// time leaves one thread for tokens.
const AT_ONCE = 1
const MOST_WAITING = 20

/**
 * The hash that the server checks if the account is unknown. It has the parameters of new hashes, so that the check
 * takes the same time as the check for a known account.
 */
const DECOY = 'k1:$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

/** The prefix of a stored hash that was computed with a secret (a key derived from the master key). */
const KEYED = 'k1:'

const isKeyed = (text: string): boolean => text.startsWith(KEYED)

export function createPasswords({ passwords: key }: Pick<DerivedKeys, 'passwords'>): Passwords {
  let running = 0
  const waiting: (() => void)[] = []

  const inTurn = async <Value>(work: () => Promise<Value>): Promise<Result<Value, PasswordsBusy>> => {
    if (running >= AT_ONCE) {
      if (waiting.length >= MOST_WAITING) return refuse({ reason: 'passwords_busy' })
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return accept(await work())
    } finally {
      // Passes the turn directly to the caller that has waited longest, so that no new caller can overtake it.
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }

  const secretOf = (operatorId: string): Buffer => createHmac('sha256', key).update(operatorId).digest()

  // Normalizes the password, because different keyboards may encode the same characters differently (RFC 8265 §4.2).
  const bytesOf = (password: { reveal(): string }): string => password.reveal().normalize('NFC')

  return {
    hash: (password, operatorId) =>
      inTurn(async () => {
        const secret = secretOf(operatorId)
        return KEYED + (await hashArgon2id({ password: bytesOf(password), secret }, PARAMETERS))
      }),
    matches: (password, known) =>
      inTurn(async () => {
        const text = known?.hash ?? DECOY
        const matches = isKeyed(text)
          ? isArgon2idOf(text.slice(KEYED.length), {
              password: bytesOf(password),
              secret: secretOf(known?.operatorId ?? ''),
            })
          : isArgon2idOf(text, { password: bytesOf(password) })
        return (await matches) && known !== undefined
      }),
    isKeyed,
  }
}

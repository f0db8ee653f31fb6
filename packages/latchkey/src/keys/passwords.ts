// Hashes passwords with Argon2id, one at a time.
import { createHmac } from 'node:crypto'
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Passwords, PasswordsBusy } from '../ports/passwords.ts'
import { hashArgon2id, isArgon2idOf } from './argon2id.ts'
import type { DerivedKeys } from './derived-keys.ts'

/**
 * The parameters that OWASP recommends for Argon2id (RFC 9106) with 19 MiB. A check uses the parameters that the stored
 * hash names.
 */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1 } as const

// The same thread pool signs tokens and may have two threads. With one hash at a time, a thread is left for tokens.
const AT_ONCE = 1
const MOST_WAITING = 20

/**
 * Checked instead of the missing hash of an unknown account. The parameters are the same, so the check takes the same
 * time.
 */
const DECOY = 'k1:$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

/** Marks the text of a hash that was made with a secret. */
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
      // Passes the turn directly to the next caller, so that no later caller can overtake the next one.
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }

  const secretOf = (operatorId: string): Buffer => createHmac('sha256', key).update(operatorId).digest()

  // Normalizes the text, so that every keyboard gives the same characters (RFC 8265 §4.2).
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

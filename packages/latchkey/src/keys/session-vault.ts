// Generates and hashes the tokens of console sessions and the codes of set-up links.
import { createHmac, randomBytes } from 'node:crypto'
import { Secret } from '@latchkey/protocol'
import type { NewBearerText, SessionVault } from '../ports/session-vault.ts'
import type { DerivedKeys } from './derived-keys.ts'

const RANDOM_BYTES = 32

export function createSessionVault(keys: Pick<DerivedKeys, 'sessions'>): SessionVault {
  // The kind is part of the hashed text, so the server never accepts the code of a link as a session token, nor a
  // session token as a code.
  const hashOf = (kind: 'session' | 'code', text: Secret): string =>
    createHmac('sha256', keys.sessions).update(`${kind}\n${text.reveal()}`).digest('latin1')
  const make = (kind: 'session' | 'code'): NewBearerText => {
    const text = new Secret(randomBytes(RANDOM_BYTES).toString('base64url'))
    return { text, hash: hashOf(kind, text) }
  }
  return {
    newSession: () => make('session'),
    hashOfSession: (text) => hashOf('session', text),
    newCode: () => make('code'),
    hashOfCode: (text) => hashOf('code', text),
  }
}

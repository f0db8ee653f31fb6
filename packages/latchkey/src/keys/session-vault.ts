// Makes and hashes the texts of sessions and set-up links.
import { createHmac, randomBytes } from 'node:crypto'
import { Secret } from '@latchkey/protocol'
import type { NewBearerText, SessionVault } from '../ports/session-vault.ts'
import type { DerivedKeys } from './derived-keys.ts'

const RANDOM_BYTES = 32

export function createSessionVault(keys: Pick<DerivedKeys, 'sessions'>): SessionVault {
  // The purpose is part of the hash, so the code of a link is never accepted as a session, and a session is never
  // accepted as a code.
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

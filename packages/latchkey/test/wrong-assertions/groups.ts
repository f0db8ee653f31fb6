// All wrong client assertions, in groups. Each must get nothing.
import type { Case } from './scene.ts'
import { AUDIENCE, ISSUER_AND_SUBJECT, TIME } from './wrong-claims.ts'
import { SIGNATURE_AND_KEY } from './wrong-keys.ts'
import { TRANSPORT } from './wrong-requests.ts'
import { TEXT_AND_TYPE } from './wrong-texts.ts'

export const GROUPS: readonly (readonly [string, readonly Case[]])[] = [
  ['signature and key', SIGNATURE_AND_KEY],
  ['text and type', TEXT_AND_TYPE],
  ['time', TIME],
  ['audience', AUDIENCE],
  ['issuer and subject', ISSUER_AND_SUBJECT],
  ['transport', TRANSPORT],
]

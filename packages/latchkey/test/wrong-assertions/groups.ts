// All wrong assertions of clients and of platforms, in groups. The server must refuse each of them.
import type { PlatformCase } from './platform-scene.ts'
import type { Case } from './scene.ts'
import { AUDIENCE, ISSUER_AND_SUBJECT, TIME } from './wrong-claims.ts'
import { SIGNATURE_AND_KEY } from './wrong-keys.ts'
import { TRANSPORT } from './wrong-requests.ts'
import {
  PLATFORM_AUDIENCE,
  PLATFORM_ISSUER_AND_SUBJECT,
  PLATFORM_RULES,
  PLATFORM_TIME,
} from './wrong-platform-claims.ts'
import { PLATFORM_SIGNATURE_AND_KEY, PLATFORM_TEXT_AND_TYPE } from './wrong-platform-keys.ts'
import { TEXT_AND_TYPE } from './wrong-texts.ts'

export const GROUPS: readonly (readonly [string, readonly Case[]])[] = [
  ['signature and key', SIGNATURE_AND_KEY],
  ['text and type', TEXT_AND_TYPE],
  ['time', TIME],
  ['audience', AUDIENCE],
  ['issuer and subject', ISSUER_AND_SUBJECT],
  ['transport', TRANSPORT],
]

export const PLATFORM_GROUPS: readonly (readonly [string, readonly PlatformCase[]])[] = [
  ['signature or key', PLATFORM_SIGNATURE_AND_KEY],
  ['text or type', PLATFORM_TEXT_AND_TYPE],
  ['time', PLATFORM_TIME],
  ['audience', PLATFORM_AUDIENCE],
  ['issuer or subject', PLATFORM_ISSUER_AND_SUBJECT],
  ['claim', PLATFORM_RULES],
]

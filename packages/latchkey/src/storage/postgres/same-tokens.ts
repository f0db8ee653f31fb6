// Tells whether a row that was read says something new about the tokens of a slot: only then is its MAC checked.
import type { RecordedToken, Slot } from '../../domain/slot.ts'

/** True if both hold the same tokens under the same generation. Most fresh reads find what is in memory already. */
export const hasSameTokens = (one: Slot, other: Slot): boolean =>
  one.generation === other.generation &&
  one.issuances === other.issuances &&
  one.revokedGeneration === other.revokedGeneration &&
  one.supersededGeneration === other.supersededGeneration &&
  one.predecessor?.until === other.predecessor?.until &&
  isSameToken(one.live, other.live) &&
  isSameToken(one.predecessor?.token, other.predecessor?.token)

const isSameToken = (one: RecordedToken | undefined, other: RecordedToken | undefined): boolean =>
  one?.jti === other?.jti &&
  one?.generation === other?.generation &&
  one?.issuedAt === other?.issuedAt &&
  one?.expiresAt === other?.expiresAt &&
  one?.audience === other?.audience

// Why an API refused a token, if the answer gives a reason.
import { type Reason, REASONS } from '@latchkey/protocol'

/** Parses a `Latchkey-Reason` header. Undefined for an unknown reason. */
export const readReason = (value: string | null | undefined): Reason | undefined =>
  REASONS.find((reason) => reason === value)

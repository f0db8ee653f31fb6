// Why an API refused a token, if it says so.
import { type Reason, REASONS } from '@latchkey/protocol'

/** The value of a `Latchkey-Reason` header; undefined for any other word. */
export const readReason = (value: string | null | undefined): Reason | undefined =>
  REASONS.find((reason) => reason === value)

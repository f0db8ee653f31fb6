// The error that callers get for a failed commit.
import { StoreUnavailable } from '../ports/store.ts'

export const unavailable = (cause: Error): StoreUnavailable =>
  cause instanceof StoreUnavailable
    ? cause
    : new StoreUnavailable('the change could not be stored, or its outcome is not known', { cause })

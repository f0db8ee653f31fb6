// Reads an assertion that an operator pastes. Unlike a request, it comes without its client_assertion_type.
import {
  type AssertionFault,
  JWT_BEARER,
  JWT_SPIFFE,
  type PresentedAssertion,
  readClientAssertion,
  type Result,
} from '@latchkey/protocol'

/** Reads the assertion as `jwt-bearer`, or as `jwt-spiffe` if only this type fits: a JWT-SVID needs no `iss`. */
export function readAnyAssertion(text: string): Result<PresentedAssertion, AssertionFault> {
  const read = readClientAssertion(text, JWT_BEARER)
  if (read.ok) return read
  const svid = readClientAssertion(text, JWT_SPIFFE)
  return svid.ok ? svid : read
}

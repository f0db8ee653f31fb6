// The problems of a Basic header, each with a sentence that says how to fix it.

// The texts are values of `error_description` (RFC 6749 §5.2): printable ASCII without quotation mark and backslash.
const CURES = {
  too_long: 'The Authorization header is too long. It holds only Basic, one space and the base64 form of ID:SECRET.',
  other_scheme: 'The Authorization header must use the Basic scheme: Basic, one space, the base64 form of ID:SECRET.',
  nothing_sent: 'Nothing follows the word Basic. Send Basic, one space and the base64 form of ID:SECRET.',
  scheme_spacing: 'Exactly one space must stand between the word Basic and the base64 value.',
  scheme_twice: 'The word Basic was sent twice. Send it once, then one space and the base64 form of ID:SECRET.',
  white_space:
    'The Basic value holds white space or a line break. base64 wraps its output at 76 columns: use echo -n and base64 -w0 (or openssl base64 -A).',
  unexpanded_command:
    'The shell did not run the command in the Authorization header. Put the header in double quotes, not in single quotes.',
  unexpanded_variable:
    'The name of a variable was sent instead of its value. Put the text in double quotes, not in single quotes.',
  placeholder:
    'A placeholder was sent instead of credentials. Put the client ID and client secret of your integration there, without brackets.',
  brackets: 'The credentials were sent with brackets around them. Leave the brackets out.',
  not_encoded:
    'The credentials were sent without encoding. Send the base64 form of ID:SECRET, with echo -n and base64.',
  encoded_separately:
    'Client ID and client secret were encoded separately. Join them with a colon first, then encode ID:SECRET once.',
  encoded_twice: 'The credentials were base64-encoded twice. Encode ID:SECRET once.',
  base64url: 'The Basic value uses the base64url alphabet. Use standard base64, with + and / in place of - and _.',
  base64_padding: 'The Basic value is incomplete: the = padding is missing or the end was cut off. Send it whole.',
  not_base64: 'The Basic value is not base64. Send the base64 form of ID:SECRET.',
  utf16: 'The credentials were encoded as UTF-16. Encode the UTF-8 bytes of ID:SECRET (in PowerShell: Encoding.UTF8).',
  not_utf8: 'The decoded Basic value is not UTF-8 text. Encode the UTF-8 bytes of ID:SECRET.',
  no_colon:
    'The decoded Basic value has no colon. Join client ID and client secret with a colon, then encode ID:SECRET.',
  both_empty:
    'Client ID and client secret are both empty, as when shell variables are not set. Set both variables in this shell first.',
  empty_client_id: 'The client ID, before the colon, is empty. Encode ID:SECRET with both parts.',
  empty_client_secret: 'The client secret, after the colon, is empty. Encode ID:SECRET with both parts.',
  trailing_newline:
    'The encoded credentials end with a line break. Use echo -n (or printf) to encode ID:SECRET without it.',
  percent_encoding:
    'Client ID and client secret are percent-decoded as UTF-8, and a percent sign in them begins no valid escape. Write a literal % as %25.',
  control_character:
    'The client ID or the client secret holds a control character, such as a line break. Copy both again without it.',
} as const

/** The reason why a Basic header could not be read. Each reason has its own remedy. */
export type BasicProblem = keyof typeof CURES

/**
 * All reasons of {@link BasicProblem}.
 *
 * @example
 * ```ts
 * import { BASIC_PROBLEMS } from '@latchkey/protocol'
 *
 * console.log(BASIC_PROBLEMS.includes('no_colon')) // true
 * ```
 */
export const BASIC_PROBLEMS = Object.keys(CURES) as readonly BasicProblem[]

/**
 * Returns an `error_description` (RFC 6749 §5.2) that says how to fix the problem. It contains no part of the request.
 *
 * @example
 * ```ts
 * import { describeBasicProblem } from '@latchkey/protocol'
 *
 * console.log(describeBasicProblem('not_utf8'))
 * // The decoded Basic value is not UTF-8 text. Encode the UTF-8 bytes of ID:SECRET.
 * ```
 */
export const describeBasicProblem = (problem: BasicProblem): string => CURES[problem]

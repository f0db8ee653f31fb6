// How long a server asks the client to wait: Retry-After (RFC 9110 §10.2.3) or X-Rate-Limit-Reset.

const LONGEST_MS = 15 * 60_000

/** Returns milliseconds, at most 15 minutes. Undefined if the server did not ask. */
export function requestedWait(headers: Headers): number | undefined {
  const wait = retryAfter(headers) ?? rateLimitReset(headers)
  return wait === undefined ? undefined : Math.min(Math.max(wait, 0), LONGEST_MS)
}

function retryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined) return undefined
  if (/^[0-9]{1,9}$/.test(value)) return Number(value) * 1000
  return sinceTheAnswer(Date.parse(value), headers)
}

// The header has seconds since the epoch.
function rateLimitReset(headers: Headers): number | undefined {
  const value = headers.get('x-rate-limit-reset')?.trim()
  return value !== undefined && /^[0-9]{1,12}$/.test(value) ? sinceTheAnswer(Number(value) * 1000, headers) : undefined
}

// `moment` is a time on the server's clock. It is compared with the server's Date header, because the local clock may
// be minutes off.
function sinceTheAnswer(moment: number, headers: Headers): number | undefined {
  const answered = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(moment) || Number.isNaN(answered) ? undefined : moment - answered
}

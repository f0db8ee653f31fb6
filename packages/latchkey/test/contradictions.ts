// Finds answers whose body does not match their content type, for a client that reads strictly.

export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')

/** A reader for each content type. A reader throws if the text does not have its content type. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  'application/json': JSON.parse,
  'application/json; charset=utf-8': JSON.parse,
  'application/problem+json': JSON.parse,
  'application/jsonl': (text) => lines(text).map((line) => JSON.parse(line) as unknown),
  'text/html; charset=utf-8': (text) => mustMatch(text, /^<!doctype html>\n<html[^]*<\/html>\s*$/),
  'text/plain; charset=utf-8': (text) => mustMatch(text, /^[A-Z][^]*\n$/),
  'text/plain; version=0.0.4; charset=utf-8': (text) =>
    lines(text).forEach((line) => mustMatch(line, /^(# |\w+({.*})? [-+.\w]+$)/)),
  'text/csv; charset=utf-8': (text) => lines(text).forEach((line) => mustMatch(line, /,/)),
  'application/octet-stream': (text) => mustMatch(text, /^SQLite format 3\0/),
}

function mustMatch(text: string, shape: RegExp): void {
  if (!shape.test(text)) throw new Error(`it begins ${JSON.stringify(text.slice(0, 40))}`)
}

/** Sends the requests one after the other. Returns a sentence for each answer whose body does not match its headers. */
export async function contradictions(requests: readonly Asked[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const { method, url, headers, body } of requests) {
    const answer = await fetch(url, { method, headers, ...(body !== undefined && { body }), redirect: 'manual' })
    const contradiction = contradictionIn(answer, method, await answer.text())
    const { pathname, search } = new URL(url)
    if (contradiction !== undefined)
      found.push(`${method} ${pathname}${search}: ${String(answer.status)} ${contradiction}`)
  }
  return found
}

function contradictionIn({ status, headers }: Response, method: string, text: string): string | undefined {
  const type = headers.get('content-type')
  const length = headers.get('content-length')
  if (method === 'HEAD')
    return type !== null && (length === '0' || length === null) ? `has no body, and is ${type}` : undefined
  if (text === '') return type === null ? undefined : `has no body, and is ${type}`
  if (type === null) return 'has a body that does not say what it is'
  if (status === 204 || status === 304) return 'has a body'
  const read = READERS[type]
  if (read === undefined) return `is ${type}, which the test cannot read`
  try {
    read(text)
    return undefined
  } catch (cause) {
    return `is not ${type}: ${String(cause)}`
  }
}

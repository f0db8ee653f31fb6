// The minimal HTTP parser of the load generator: reads the status and finds the end of the answer.

export interface AnswerFrame {
  readonly status: number
  readonly bodyStart: number
  readonly end: number
}

const HEAD_END = Buffer.from('\r\n\r\n')
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i

/** Reads one answer. Returns undefined while the answer is incomplete. Throws if the answer has no Content-Length. */
export function frameAnswer(bytes: Buffer): AnswerFrame | undefined {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd < 0) return undefined
  const head = bytes.toString('latin1', 0, headEnd)
  const length = CONTENT_LENGTH.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer without Content-Length:\n${head}`)
  const bodyStart = headEnd + HEAD_END.length
  const end = bodyStart + Number(length)
  if (bytes.length < end) return undefined
  // The status is always at the same position: "HTTP/1.1 200".
  return { status: Number(head.slice(9, 12)), bodyStart, end }
}

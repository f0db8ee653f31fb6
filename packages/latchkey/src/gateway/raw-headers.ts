// Headers as they were sent. Node keeps one of several, and another reader of the same bytes could keep another.

export interface DoubtfulHeaders {
  /** All Authorization headers, joined: several are not valid credentials. */
  readonly authorization: string | undefined
  readonly hosts: number
}

export function readRawHeaders(rawHeaders: readonly string[]): DoubtfulHeaders {
  let authorization: string | undefined
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === 13 && name.toLowerCase() === 'authorization') {
      const value = rawHeaders[index + 1] as string
      authorization = authorization === undefined ? value : `${authorization}, ${value}`
    } else if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1
  }
  return { authorization, hosts }
}

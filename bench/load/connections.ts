// The connections of one round. They open together, and the failure of one ends the round.
import { Connection } from './connection.ts'

export class Connections {
  readonly all: readonly Connection[]
  readonly fail: (cause: Error) => void
  readonly #broken: Promise<never>

  private constructor(all: readonly Connection[], fail: (cause: Error) => void, broken: Promise<never>) {
    this.all = all
    this.fail = fail
    this.#broken = broken
  }

  static async open(url: string, count: number): Promise<Connections> {
    let fail: (cause: Error) => void = () => undefined
    const broken = new Promise<never>((_, reject) => {
      fail = reject
    })
    // Callers await the error through `orBroken`. Between two calls the promise has no handler, and its rejection must
    // not count as unhandled.
    broken.catch(() => undefined)
    const address = new URL(url)
    const all = await Promise.all(Array.from({ length: count }, () => Connection.open(address, fail)))
    return new Connections(all, fail, broken)
  }

  /** Waits for the promise. Rejects as soon as a connection breaks or `fail` is called. */
  orBroken<Value>(promise: Promise<Value>): Promise<Value> {
    return Promise.race([this.#broken, promise])
  }

  /** Fails the round unless the status is 200. */
  expectOk(status: number, body: Buffer): void {
    if (status !== 200)
      this.fail(new Error(`an answer with status ${String(status)}: ${body.toString('latin1', 0, 300)}`))
  }

  close(): void {
    for (const connection of this.all) connection.close()
  }
}

// The connections of one round. They open together, and if one connection fails, the round ends.
import { Connection } from './connection.ts'
import { expectedStatuses, type LoadTarget } from './job.ts'

export class Connections {
  readonly all: readonly Connection[]
  readonly fail: (cause: Error) => void
  readonly #broken: Promise<never>
  readonly #expected: readonly number[]

  private constructor(
    all: readonly Connection[],
    { fail, broken }: { readonly fail: (cause: Error) => void; readonly broken: Promise<never> },
    expected: readonly number[],
  ) {
    this.all = all
    this.fail = fail
    this.#broken = broken
    this.#expected = expected
  }

  static async open(target: LoadTarget, count: number): Promise<Connections> {
    let fail: (cause: Error) => void = () => undefined
    const broken = new Promise<never>((_, reject) => {
      fail = reject
    })
    // Callers await the error through `orBroken`. Between two calls the promise has no handler, and its rejection must
    // not count as unhandled.
    broken.catch(() => undefined)
    const address = new URL(target.url)
    const all = await Promise.all(Array.from({ length: count }, () => Connection.open(address, fail)))
    return new Connections(all, { fail, broken }, expectedStatuses(target))
  }

  /** Waits for the promise. Rejects as soon as a connection breaks or `fail` is called. */
  orBroken<Value>(promise: Promise<Value>): Promise<Value> {
    return Promise.race([this.#broken, promise])
  }

  /** Fails the round unless the status is an expected one. */
  expectStatus(status: number, body: Buffer): void {
    if (!this.#expected.includes(status))
      this.fail(new Error(`an answer with status ${String(status)}: ${body.toString('latin1', 0, 300)}`))
  }

  close(): void {
    for (const connection of this.all) connection.close()
  }
}

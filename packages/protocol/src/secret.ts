// A secret that cannot be printed by accident.

const nodeInspect = Symbol.for('nodejs.util.inspect.custom')

/**
 * Wraps a client secret, an admin key or any other text that must not reach a log, an error or a JSON document.
 * `reveal` is the only way out; every use of it is easy to find.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toJSON(): string {
    return '[secret]'
  }

  toString(): string {
    return '[secret]'
  }

  [nodeInspect](): string {
    return '[secret]'
  }
}

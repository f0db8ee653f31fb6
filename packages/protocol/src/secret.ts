// A secret that cannot be printed by accident.

const nodeInspect = Symbol.for('nodejs.util.inspect.custom')

/**
 * Wraps a client secret, an admin key or any other text that must not reach a log, an error or a JSON document. A
 * printed secret shows `[secret]`. Only `reveal` returns the text.
 *
 * @example
 * ```ts
 * import { Secret } from '@latchkey/protocol'
 *
 * const secret = new Secret('correct horse')
 * console.log(`${secret}`, JSON.stringify({ secret })) // [secret] {"secret":"[secret]"}
 * console.log(secret.reveal().length) // 13
 * ```
 */
export class Secret {
  readonly #value: string

  /** @param value the text to hide. */
  constructor(value: string) {
    this.#value = value
  }

  /** Returns the text. */
  reveal(): string {
    return this.#value
  }

  /** Returns `[secret]`. */
  toJSON(): string {
    return '[secret]'
  }

  /** Returns `[secret]`. */
  toString(): string {
    return '[secret]'
  }

  /** What `console.log` shows: `[secret]`. */
  [nodeInspect](): string {
    return '[secret]'
  }
}

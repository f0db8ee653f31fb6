// The port for randomness, so that operations get it as an argument.

export interface Random {
  /** Returns a version 4 UUID, for the `jti` of a token. */
  uuid(): string
}

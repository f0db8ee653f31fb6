// Chance, as an argument.

export interface Random {
  /** A version 4 UUID: the `jti` of a token. */
  uuid(): string
}

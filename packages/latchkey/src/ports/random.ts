// The port for random numbers. Operations get it as an argument.

export interface Random {
  /** Returns a version 4 UUID, for the `jti` of a token. */
  uuid(): string
}

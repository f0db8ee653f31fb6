// The port for random values. Code that needs random values gets the port as an argument.

export interface Random {
  /** Returns a version 4 UUID, for the `jti` of a token. */
  uuid(): string
}

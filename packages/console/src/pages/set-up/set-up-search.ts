// What the address of the set-up page says: which integration the first token is for.

export interface SetUpSearch {
  readonly integration?: string
}

export function readSetUpSearch({ integration }: { readonly integration?: unknown }): SetUpSearch {
  return typeof integration === 'string' && integration !== '' ? { integration } : {}
}

// The search parameters of the set-up page: the integration of the first token.

export interface SetUpSearch {
  readonly integration?: string
}

export function readSetUpSearch({ integration }: { readonly integration?: unknown }): SetUpSearch {
  return typeof integration === 'string' && integration !== '' ? { integration } : {}
}

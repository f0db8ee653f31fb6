// The part of oidc-provider that the benchmark and the tests use. The package has no types.
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http'

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>)
    callback(): RequestListener
    readonly Client: { find(clientId: string): Promise<unknown> }
  }
}

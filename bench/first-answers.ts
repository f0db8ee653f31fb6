// Asks the server's endpoints about the old token, as soon as the 200 with a newer token has arrived.
import type { BenchClient } from './clients.ts'
import { newToken } from './fleet.ts'
import { moment } from './moment.ts'
import type { GuardCredentials } from './resource-server.ts'
import type { LatchkeyServer } from './servers/latchkey.ts'

export interface FirstAnswers {
  readonly requested: number
  /** How many of the old tokens an endpoint still accepted. */
  readonly accepted: number
  /** The milliseconds from the 200 with the newer token to the endpoint's answer. */
  readonly milliseconds: readonly number[]
}

/** Checks a token at one endpoint. Resolves with true if the endpoint accepts it. */
export type Door = (token: string) => Promise<boolean>

export const verifyDoor =
  ({ verifyUrl }: LatchkeyServer, scope: string): Door =>
  async (token) => {
    const response = await fetch(`${verifyUrl}?scope=${scope}`, { headers: { authorization: `Bearer ${token}` } })
    await response.arrayBuffer()
    return response.status === 200
  }

export const introspectDoor =
  ({ tokenUrl }: LatchkeyServer, { clientId, clientSecret }: GuardCredentials): Door =>
  async (token) => {
    const response = await fetch(tokenUrl.replace(/token$/, 'introspect'), {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ token }),
    })
    return ((await response.json()) as { readonly active: boolean }).active
  }

export async function firstAnswers(
  { tokenUrl }: LatchkeyServer,
  { client, scope, times }: { readonly client: BenchClient; readonly scope: string; readonly times: number },
  door: Door,
): Promise<FirstAnswers> {
  const milliseconds: number[] = []
  let accepted = 0
  let { token: old } = await newToken(tokenUrl, client, scope)
  for (let i = 0; i < times; i++) {
    if (!(await door(old))) throw new Error('a live token was refused')
    const { token, at } = await newToken(tokenUrl, client, scope)
    if (await door(old)) accepted++
    milliseconds.push(moment() - at)
    old = token
  }
  return { requested: times, accepted, milliseconds }
}

// The clients of a run: created once, with the same ID and secret at every server.
import { readFileSync } from 'node:fs'

export interface BenchClient {
  readonly clientId: string
  readonly clientSecret: string
}

export const clientLine = ({ clientId, clientSecret }: BenchClient): string => `${clientId} ${clientSecret}\n`

/** Reads the clients in the order of their creation. */
export const readClients = (file: string): readonly BenchClient[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [clientId = '', clientSecret = ''] = line.split(' ')
      return { clientId, clientSecret }
    })

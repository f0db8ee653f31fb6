// The clients of a run: made once, known to every server under the same ID and secret.
import { readFileSync } from 'node:fs'

export interface BenchClient {
  readonly clientId: string
  readonly clientSecret: string
}

export const clientLine = ({ clientId, clientSecret }: BenchClient): string => `${clientId} ${clientSecret}\n`

/** In the order in which they were made. */
export const readClients = (file: string): readonly BenchClient[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [clientId = '', clientSecret = ''] = line.split(' ')
      return { clientId, clientSecret }
    })

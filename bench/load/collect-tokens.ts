// Requests tokens for later verification, one for each of the first `count` clients, and writes the tokens to a file.
import { writeFileSync } from 'node:fs'
import { tokenOf } from '../token-answer.ts'
import { Connections } from './connections.ts'
import type { CollectTokensJob } from './job.ts'
import { requestCycle } from './requests.ts'

const CONNECTIONS = 16

/** Requests the tokens. Rejects at the first answer that is not a 200. */
export async function collectTokens({ target, count, tokensFile }: CollectTokensJob): Promise<undefined> {
  const requests = requestCycle(target).requests.slice(0, count)
  if (requests.length < count)
    throw new RangeError(`${String(count)} tokens need one client each, and there are ${String(requests.length)}`)
  const connections = await Connections.open(target, CONNECTIONS)
  const tokens: string[] = []
  const collect = async (connection: (typeof connections.all)[number]): Promise<void> => {
    for (let request = requests.pop(); request !== undefined; request = requests.pop()) {
      const { bytes } = request
      const body = await new Promise<string>((resolve) => {
        connection.send(bytes, (status, answer) => {
          connections.expectStatus(status, answer)
          resolve(answer.toString('latin1'))
        })
      })
      tokens.push(tokenOf(body))
    }
  }
  try {
    await connections.orBroken(Promise.all(connections.all.map(collect)))
    writeFileSync(tokensFile, `${tokens.join('\n')}\n`, { mode: 0o600 })
    return undefined
  } finally {
    connections.close()
  }
}

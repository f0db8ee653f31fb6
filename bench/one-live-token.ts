// Checks the promise during the measurement: the last received token is live, until a newer one is requested.
import type { LastAnswer } from './load/job.ts'
import type { LatchkeyServer } from './servers/latchkey.ts'
import { tokenOf } from './token-answer.ts'

const SAMPLES = 8

/** Throws unless the last token of each client is live, and superseded after the next token. */
export async function checkOneLiveToken(
  { tokenUrl, verifyUrl }: LatchkeyServer,
  scope: string,
  last: readonly LastAnswer[],
): Promise<void> {
  const expectStanding = async (token: string, expected: string): Promise<void> => {
    const response = await fetch(`${verifyUrl}?scope=${scope}`, { headers: { authorization: `Bearer ${token}` } })
    await response.arrayBuffer()
    const standing = `${String(response.status)} ${response.headers.get('latchkey-reason') ?? 'live'}`
    if (standing !== expected)
      throw new Error(`The server answers "${standing}" for a token that should be "${expected}".`)
  }
  for (const { authorization, body } of last.slice(0, SAMPLES)) {
    const before = tokenOf(body)
    await expectStanding(before, '200 live')
    const response = await fetch(tokenUrl, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
    })
    const after = tokenOf(await response.text())
    await expectStanding(before, '401 superseded')
    await expectStanding(after, '200 live')
  }
}

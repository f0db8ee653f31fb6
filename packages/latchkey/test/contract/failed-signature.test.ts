// If a signature fails, only the requests that needed it fail, and no live token ends.
import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { createSigner } from '../../src/keys/signer.ts'
import { systemRandom } from '../../src/system.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { embedded } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { aKeySet, NOW } from '../unit/keys/a-key-set.ts'

const CLIENTS = ['lkone', 'lktwo', 'lkthree']

/** Makes a store with a live token for each client. A worker thread signs the tokens. */
async function aStoreThatSigns() {
  const store = await embedded.open(await embedded.aPlace())
  const keySet = await aKeySet('EdDSA')
  const started = once(process, 'worker') as Promise<[Worker]>
  const signer = createSigner(keySet, 1)
  const [thread] = await started
  onTestFinished(async () => {
    await signer.close()
    await store.close()
  })
  await store.integrations.create(
    CLIENTS.map((clientId) => newIntegration(clientId)),
    [],
  )
  const slots = store.slots({ signer, issuer: 'https://issuer.test', lifetimeSeconds: 3600, random: systemRandom })
  const issue = async (clientId: string): Promise<string> => {
    const issued = await issueFrom(slots, attempt(clientId))
    if (!issued.ok) throw new Error(issued.refusal.reason)
    return issued.value.token.jti
  }
  const live = async () => {
    const states = await Promise.all(CLIENTS.map((clientId) => store.integrations.find(clientId)))
    return states.map((state) => state?.slots.find(({ scope }) => scope === PREDICT)?.live?.jti)
  }
  for (const clientId of CLIENTS) await issue(clientId)
  return { keySet, thread, issue, live }
}

test('if a key fails to sign, only the request for that signature fails, and the live token stays live', async () => {
  const { keySet, issue, live } = await aStoreThatSigns()
  const before = await live()
  const good = keySet.current
  const broken = { ...good, digest: 'sha256' as const } // Ed25519 takes no digest
  const issuing = [good, broken, good].map((key, index) => {
    keySet.replace([key], NOW)
    return issue(CLIENTS[index] ?? '')
  })
  const [first, second, third] = await Promise.allSettled(issuing)
  expect(second).toMatchObject({ status: 'rejected', reason: { message: 'the token could not be signed' } })
  expect([first?.status, third?.status]).toEqual(['fulfilled', 'fulfilled'])
  const after = await live()
  expect(after[1]).toBe(before[1])
  expect([first, third]).toMatchObject([{ value: after[0] }, { value: after[2] }])
  expect(await issue('lktwo')).toBe((await live())[1])
})

test('if a signing thread ends unexpectedly, the requests that it was signing fail, and no live token ends', async () => {
  const { issue, live, thread } = await aStoreThatSigns()
  const before = await live()
  // The thread ends in the same turn of the event loop, just before it gets the tokens to sign.
  setImmediate(() => void thread.terminate())
  const issuing = CLIENTS.map(issue)
  for (const outcome of await Promise.allSettled(issuing)) expect(outcome.status).toBe('rejected')
  expect(await live()).toEqual(before)
  expect(await Promise.all(CLIENTS.map(issue))).toEqual(await live())
})

// Tests of background work: if the work fails, the test fails. If the test ends first, the work is stopped.
import { expect, test } from 'vitest'
import { beside, underLoad } from './beside.ts'

const never = (): Promise<never> => new Promise(() => undefined)
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function untilOver(isOver: () => boolean): Promise<void> {
  while (!isOver()) await turn()
}

test('a failure of background work fails the test at once', async () => {
  await expect(beside(Promise.reject(new Error('the work')), never)).rejects.toThrow('the work')
  await expect(underLoad(() => Promise.reject(new Error('the load')), never)).rejects.toThrow('the load')
})

test('if a load fails while it is stopped, the test fails with the error of the load', async () => {
  const load = async (isOver: () => boolean): Promise<void> => {
    await untilOver(isOver)
    throw new Error('the load')
  }
  await expect(underLoad(load, () => Promise.resolve(1))).rejects.toThrow('the load')
})

test('background work that ends early does not change the result of the test', async () => {
  expect(await beside(Promise.resolve(), async () => (await turn(), 1))).toBe(1)
})

test('a load runs until the action is done, and also stops if the action fails', async () => {
  let ended = 0
  const load = (isOver: () => boolean): Promise<void> => untilOver(isOver).then(() => void ended++)
  expect(await underLoad(load, async () => (await turn(), ended))).toBe(0)
  expect(ended).toBe(1)
  await expect(underLoad(load, () => Promise.reject(new Error('the act')))).rejects.toThrow('the act')
  while (ended < 2) await turn()
})

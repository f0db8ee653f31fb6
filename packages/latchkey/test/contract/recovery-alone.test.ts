// After a failed commit, a recovery reads the affected records from the disk into memory. No change may touch the
// memory during that read. Otherwise a change could put newer records into memory, and the recovery would overwrite
// these with older ones.
import { expect, test } from 'vitest'
import { UnwrittenUses } from '../../src/adapters/unwritten-uses.ts'
import { aCommitQueue } from '../a-commit-queue.ts'
import { turn } from '../history/simulation.ts'

/** A commit queue whose recovery has begun to read. The recovery continues when the test calls `finish`. */
async function aRecovery() {
  const steps: string[] = []
  const reading = Promise.withResolvers<undefined>()
  const { disk, queue } = await aCommitQueue(async () => {
    steps.push('recovery begins')
    await reading.promise
    steps.push('recovery ends')
  })
  const uses = new UnwrittenUses<string>(queue, () => [['probe']])
  uses.note('a', 'use')
  const flushed = uses.flush()
  await turn()
  disk.fail('lost')
  await flushed
  await turn()
  return {
    queue,
    steps,
    act: (name: string) =>
      queue.betweenCommits(() => {
        steps.push(name)
        return Promise.resolve()
      }),
    finish: () => {
      reading.resolve(undefined)
    },
  }
}

test('a change that arrives during a recovery waits for the end of the recovery', async () => {
  const { steps, act, finish } = await aRecovery()
  const acts = Promise.all([act('first'), act('second')])
  await turn()
  expect(steps).toEqual(['recovery begins'])
  finish()
  await acts
  expect(steps).toEqual(['recovery begins', 'recovery ends', 'first', 'second'])
})

test('changes that arrive during a recovery run one after the other', async () => {
  const { queue, steps, finish } = await aRecovery()
  const slow = (name: string) =>
    queue.betweenCommits(async () => {
      steps.push(`${name} begins`)
      await turn()
      steps.push(`${name} ends`)
    })
  finish()
  await Promise.all([slow('first'), slow('second')])
  expect(steps.slice(2)).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
})

// The last use of a secret, session or admin key is written in the background. A use that is recorded during such a
// write is not lost, and tokens do not wait long for the writes. The code is the same for both engines. The simulated
// disk lets the test stop between two steps.
import { expect, test } from 'vitest'
import type { Write } from '../../src/rows/disk.ts'
import { UnwrittenUses } from '../../src/adapters/unwritten-uses.ts'
import { aCommitQueue } from '../a-commit-queue.ts'
import { turn } from '../history/simulation.ts'

async function someUses() {
  const { disk, queue } = await aCommitQueue()
  const written: string[] = []
  const uses = new UnwrittenUses<string>(queue, (use, id): readonly Write[] => {
    written.push(`${id} ${use}`)
    return [['probe']]
  })
  return { disk, uses, written }
}

test('only the last of several uses of a record is written', async () => {
  const { disk, uses, written } = await someUses()
  uses.note('a', 'first')
  uses.note('a', 'last')
  uses.note('b', 'only')
  const flushed = uses.flush()
  await turn()
  disk.sync()
  await flushed
  await uses.flush()
  expect(written).toEqual(['a last', 'b only'])
  expect([uses.get('a'), uses.get('b')]).toEqual([undefined, undefined])
})

test('a use that happens during a write is written by the next write', async () => {
  const { disk, uses, written } = await someUses()
  uses.note('a', 'before')
  const first = uses.flush()
  await turn()
  uses.note('a', 'meanwhile')
  uses.note('b', 'meanwhile')
  disk.sync()
  await first
  expect([uses.get('a'), uses.get('b')]).toEqual(['meanwhile', 'meanwhile'])
  const second = uses.flush()
  await turn()
  disk.sync()
  await second
  expect(written).toEqual(['a before', 'a meanwhile', 'b meanwhile'])
})

test('a use that could not be written is written later', async () => {
  const { disk, uses, written } = await someUses()
  uses.note('a', 'use')
  const failed = uses.flush()
  await turn()
  disk.fail('lost')
  await failed
  await turn()
  expect(uses.get('a')).toBe('use')
  const again = uses.flush()
  await turn()
  disk.sync()
  await again
  expect(written).toEqual(['a use', 'a use'])
  expect(uses.get('a')).toBeUndefined()
})

test('each commit writes at most a hundred uses, so that tokens do not wait long for the write', async () => {
  const { disk, uses, written } = await someUses()
  for (let i = 0; i < 250; i++) uses.note(`secret ${String(i)}`, 'use')
  const flushed = uses.flush()
  const seen: number[] = []
  while (uses.get('secret 249') !== undefined) {
    await turn()
    seen.push(written.length)
    disk.sync()
    await turn()
  }
  await flushed
  expect([...new Set(seen)]).toEqual([100, 200, 250])
})

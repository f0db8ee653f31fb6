// A recovery reads the records of a failed commit into memory. Nothing else may change memory during that read. Otherwise
// an act that catches up puts newer records there, and the recovery puts the older ones back.
import { expect, test } from 'vitest'
import { AuditLog } from '../../src/state/audit-log.ts'
import { CommitQueue } from '../../src/commit/commit-queue.ts'
import { soleWriter } from '../../src/commit/commit-strategy.ts'
import { Generations } from '../../src/state/generations.ts'
import { LiveState } from '../../src/state/live-state.ts'
import { ReplayWindows } from '../../src/state/replay-windows.ts'
import { UnwrittenUses } from '../../src/adapters/unwritten-uses.ts'
import { TestClock } from '../a-server.ts'
import { TEST_AUDIT_MAC, TEST_ROW_MACS } from '../a-store.ts'
import { SimulatedDisk } from '../history/simulated-disk.ts'
import { turn } from '../history/simulation.ts'

/** A queue whose recovery has begun to read. The recovery goes on when the test calls `finish`. */
async function aRecovery() {
  const disk = SimulatedDisk.blank()
  const steps: string[] = []
  const reading = Promise.withResolvers<undefined>()
  const queue = new CommitQueue({
    live: new LiveState(),
    generations: new Generations(),
    recorder: await AuditLog.load(disk, { mac: TEST_AUDIT_MAC, clock: new TestClock(), trail: 'must_exist' }),
    macs: TEST_ROW_MACS,
    windows: new ReplayWindows(),
    disk,
    strategy: soleWriter({
      disk,
      reload: async () => {
        steps.push('recovery begins')
        await reading.promise
        steps.push('recovery ends')
      },
    }),
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

test('an act that comes while a recovery reads records waits for the recovery', async () => {
  const { steps, act, finish } = await aRecovery()
  const acts = Promise.all([act('first'), act('second')])
  await turn()
  expect(steps).toEqual(['recovery begins'])
  finish()
  await acts
  expect(steps).toEqual(['recovery begins', 'recovery ends', 'first', 'second'])
})

test('acts that come during a recovery run one after the other', async () => {
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

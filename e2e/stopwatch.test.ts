// The stopwatch counts the time of idle and busy processes, and stops while a process waits for a core.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { stopwatch } from './stopwatch.ts'

const BUSY = 'process.stdout.write("."); const end = performance.now() + 20000; while (performance.now() < end);'

/** Starts a process that uses as much of a core as it gets. */
async function aBusyProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', BUSY], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return Number(child.pid)
}

test('the stopwatch counts the whole time of an idle process', async () => {
  const begun = performance.now()
  const took = stopwatch()
  await pause(300)
  const passed = performance.now() - begun
  expect(took()).toBeGreaterThan(250)
  expect(took()).toBeLessThanOrEqual(passed + 5)
})

test.skipIf(process.platform !== 'linux')(
  'for a process that shares a core, the stopwatch counts only the time in which that process ran',
  async () => {
    const processes = await Promise.all(Array.from({ length: 4 * availableParallelism() }, aBusyProcess))
    const begun = performance.now()
    const took = stopwatch(processes[0] ?? 0)
    await pause(1000)
    const passed = performance.now() - begun
    expect(took()).toBeLessThan(passed / 2)
  },
)

// The processes that a step starts: what they report, and how they are ended.
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startGroup } from '../steps/child-group.mjs'
import { advance, type Message, NO_PROGRESS, tallyAtExit } from '../steps/progress.mjs'

const root = join(import.meta.dirname, '../..')

test('a suite of Vitest reports the outcome of each test, and prints only the failures', async () => {
  const messages: Message[] = []
  const group = startGroup(
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--config', join(import.meta.dirname, 'sample/vitest.config.ts'), '--reporter=minimal'],
      `--reporter=${join(root, 'scripts/steps/progress-reporter.mjs')}`,
    ],
    { priority: 'normal', channel: 'messages', onMessage: (message) => messages.push(message as Message) },
  )
  const { code, output } = await group.ended
  const progress = messages.reduce(advance, NO_PROGRESS)
  expect(tallyAtExit(progress, code)).toEqual({ passed: 1, failed: 2, skipped: 1 })
  expect(progress).toMatchObject({ files: 2, filesEnded: 2, complete: true })
  expect(progress.failures).toEqual([
    { file: 'outcomes.sample.ts', title: 'a group > fails' },
    { file: 'unloadable.sample.ts', title: 'failed outside its tests' },
  ])
  expect(messages).toContainEqual({ kind: 'logged', text: 'a measurement' })
  expect(output).toContain('no test of this file can run')
  expect(output).not.toContain('a group > passes')
})

test('ending a group ends the processes that its program started', async () => {
  const grandchild = 'console.log("ready"); setInterval(() => undefined, 1000)'
  const program = `
    const { spawn } = require('node:child_process')
    spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'inherit' })
    process.send('started')
    setInterval(() => undefined, 1000)`
  const started = new EventTarget()
  const group = startGroup(['-e', program], {
    priority: 'normal',
    channel: 'messages',
    onMessage: () => started.dispatchEvent(new Event('started')),
  })
  await once(started, 'started')
  await group.end()
  // The grandchild writes to the same pipe, so the output ends only when both processes have ended.
  expect(await group.ended).toMatchObject({ code: null })
})

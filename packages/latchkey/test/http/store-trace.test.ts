// The log of commits and checkpoints at the level `trace`, which shows where a store spends its time.
import { expect, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { aServer } from '../a-server.ts'

type Entry = Readonly<Record<string, unknown>>

test('at the level trace the log has a line for each commit and checkpoint, and at the level info it has none', async () => {
  const entries: Record<'trace' | 'info', Entry[]> = { trace: [], info: [] }
  for (const level of ['trace', 'info'] as const) {
    const logged = (entry: Entry): void => void entries[level].push(entry)
    const server = await aServer({ env: { LATCHKEY_LOG_LEVEL: level }, logged })
    const integration = await server.integration()
    // Each token takes two SQL commands, and a checkpoint follows after a thousand commands.
    for (let issued = 0; issued < 520; issued++) await server.token(integration)
    if (level === 'info') continue
    const hasCheckpoint = (): boolean => entries.trace.some(({ event }) => event === 'store.checkpointed')
    await eventually(hasCheckpoint, { within: 10_000, what: 'a checkpoint is logged' })
  }
  const commits = entries.trace.filter(({ event }) => event === 'store.committed')
  expect(commits.length).toBeGreaterThan(500)
  for (const { commands, milliseconds } of commits) {
    expect(commands).toBeGreaterThan(0)
    expect(milliseconds).toBeGreaterThan(0)
  }
  const checkpoint = entries.trace.find(({ event }) => event === 'store.checkpointed')
  expect(checkpoint).toMatchObject({ pages: expect.any(Number) as number, milliseconds: expect.any(Number) as number })
  expect(checkpoint?.['pages']).toBeGreaterThan(0)
  expect(entries.info.filter(({ event }) => String(event).startsWith('store.'))).toEqual([])
})

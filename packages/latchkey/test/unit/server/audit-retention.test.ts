// The deletion of old audit events while a server stops.
import { Writable } from 'node:stream'
import pino from 'pino'
import { expect, test } from 'vitest'
import { scheduleRetention } from '../../../src/server/audit-retention.ts'
import { aStoreFile, openStore } from '../../a-store.ts'

test.each([
  ['of a server that stops is not logged as a fault', 'stopped', 0],
  ['of a server that goes on is logged', 'running', 1],
] as const)('a failed read of old events %s', async (_title, server, lines) => {
  const store = await openStore(aStoreFile())
  let log = ''
  const stream = new Writable({
    write: (text: Buffer, _encoding, done) => {
      log += text.toString()
      done()
    },
  })
  await store.close()
  const { auditTrail, clock } = store
  const scheduler = scheduleRetention({ auditTrail, clock, logger: pino(stream) }, 30)
  if (server === 'stopped') scheduler.stop()
  // At this time the last run has failed, and so has the run before.
  await expect(auditTrail.prune(0)).rejects.toThrow('the server is stopping')
  scheduler.stop()
  expect(log.match(/audit_trail.prune_failed/g) ?? []).toHaveLength(lines)
})

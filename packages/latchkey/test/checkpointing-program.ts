// A program that commits tokens, copies issuances into the histories, checkpoints the log, and prints each commit. A
// test traces the system calls of this program.
import { writeSync } from 'node:fs'
import type { Scope } from '@latchkey/protocol'
import { emptySlot, supersede } from '../src/domain/slot.ts'
import { slotInsert, tokensUpdate } from '../src/rows/rows.ts'
import { SqliteConnection } from '../src/storage/sqlite/connection.ts'

const [, , file = '', said = ''] = process.argv
const [SLOTS, ROUNDS, TOKENS] = [24, 3, 4]

// The number of issuances after which they are copied into the histories. It is small, so that the program makes
// several copies.
const FOLD_AFTER = 3

const connection = new SqliteConnection(file, 'refused', { foldAfter: FOLD_AFTER })
if (said === 'prepare') {
  connection.migrate()
  const slots = Array.from({ length: SLOTS }, (_, index) => emptySlot(index + 1, 'a.b' as Scope, true))
  connection.commit(slots.map((slot) => slotInsert(`lk${String(slot.id)}`, slot, null)))
  connection.close()
} else {
  connection.markLog()
  // There are so many slots that the first and the last slot are on different pages.
  let slots = [1, SLOTS].map((id) => emptySlot(id, 'a.b' as Scope, true))
  for (let generation = 1; generation <= ROUNDS * TOKENS; generation++) {
    slots = slots.map((slot) => {
      const jti = `00000000-0000-4000-8000-${String(generation).padStart(12, '0')}`
      const token = { generation, jti, issuedAt: generation, expiresAt: 4_000_000_000, audience: 'api://default' }
      return supersede(slot, token, 0, generation)
    })
    connection.commit(
      slots.flatMap((slot) => [
        tokensUpdate(slot, null),
        ['put_history', slot.id, generation, slot.live?.jti ?? '', generation, 1, '[["::1","a","b"]]'],
      ]),
    )
    writeSync(1, `acknowledged ${String(generation)}\n`)
    if (generation % TOKENS === 0) {
      connection.checkpointLog()
      writeSync(1, 'checkpointed\n')
    }
  }
  // Exits as if killed, without closing the store.
  process.kill(process.pid, 'SIGKILL')
}

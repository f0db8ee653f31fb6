// Reads the changes after a feed position from the database. Readers that reconnect at the same time share one query.
import { StoreUnavailable } from '../../ports/store.ts'
import type { LostFeedPosition, Missed } from '../../ports/slot-changes.ts'
import { REMEMBERED_CHANGES } from '../../state/change-buffer.ts'
import type { BufferedChanges } from '../../state/feed-positions.ts'
import { SERVER } from './change-log.ts'
import type { Lease } from './lease.ts'
import { CatchUpAnswer, type Found } from './catch-up-answer.ts'
import type { FeedPosition } from './feed-position.ts'
import type { PostgresDisk } from './postgres-disk.ts'

interface Question {
  readonly positions: FeedPosition[]
  readonly answer: Promise<CatchUpAnswer>
}

export class CatchUp {
  readonly #disk: PostgresDisk
  readonly #lease: Lease
  readonly #changes: BufferedChanges
  #unsent: Question | undefined

  constructor(disk: PostgresDisk, lease: Lease, changes: BufferedChanges) {
    this.#disk = disk
    this.#lease = lease
    this.#changes = changes
  }

  /** Returns the changes after the position. Throws `StoreUnavailable` if the database does not answer. */
  async since(position: FeedPosition): Promise<Missed | LostFeedPosition> {
    const question = (this.#unsent ??= this.#askSoon())
    question.positions.push(position)
    return (await question.answer).since(position)
  }

  #askSoon(): Question {
    const positions: FeedPosition[] = []
    const answer = (async () => {
      // Calls in the same turn of the event loop share the query.
      await new Promise((resolve) => setImmediate(resolve))
      this.#unsent = undefined
      return this.#ask(positions)
    })()
    return { positions, answer }
  }

  async #ask(positions: readonly FeedPosition[]): Promise<CatchUpAnswer> {
    // Reads the position in this process before the query. Every change up to this position is committed, so the query
    // finds all these changes.
    const { position } = this.#changes.buffer
    const lowWater = Math.min(...positions.map((from) => from.lowWater))
    const configuration = Math.min(...positions.map((from) => from.configuration))
    const [row] = await this.#disk.ask('catch_up', CATCH_UP, [lowWater, configuration])
    const found = row as unknown as Found
    if (!(await this.#lease.proves(found))) throw new StoreUnavailable('the answer may come from an old primary')
    return new CatchUpAnswer({ found, most: REMEMBERED_CHANGES, position, stateOf: this.#changes.stateOf })
  }
}

const NEWEST = String(REMEMBERED_CHANGES)

// The query also reads the integrations that changed, because the change log does not contain the slots that a change
// of configuration creates or removes.
const CATCH_UP = `SELECT ${SERVER}, (SELECT floor FROM store) AS floor,
    (SELECT coalesce(min(seq), 0) FROM change) AS oldest, (SELECT coalesce(max(seq), 0) FROM change) AS newest,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(seq, client_id, scope) ORDER BY seq), '[]') FROM (
      SELECT slot_id, max(seq) AS seq FROM (
        SELECT slot_id, seq FROM change WHERE seq > $1 ORDER BY seq DESC LIMIT ${NEWEST}) AS newest GROUP BY slot_id
      ) AS changed JOIN slot ON slot.id = slot_id) AS changed,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(configuration, client_id, scope) ORDER BY configuration), '[]') FROM (
      SELECT configuration, client_id, scope FROM integration JOIN slot USING (client_id) WHERE configuration > $2
      ORDER BY configuration DESC LIMIT ${NEWEST}) AS newest) AS configured,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(configuration, client_id, generation) ORDER BY configuration), '[]')
      FROM (SELECT * FROM removed_integration WHERE configuration > $2 ORDER BY configuration DESC LIMIT ${NEWEST})
        AS newest) AS removed`

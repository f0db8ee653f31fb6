// A proxy between a replica and its database that loses commits or their answers. It forwards all other bytes
// unchanged.
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { aRelay } from './a-relay.ts'
import { atPort } from './databases.ts'

/**
 * - `answer`: the database carries the commit out. The connection breaks before the answer arrives.
 * - `request`: the connection breaks before the database receives the commit.
 * - `late`: the connection breaks. The database receives the commit when `carryOut` is called.
 * - `timeout`: like `answer`, but the connection stays open, so the replica times out.
 * - `wait`: commit and answer arrive once `meanwhile` is done.
 */
export type Loss = 'answer' | 'request' | 'late' | 'timeout' | 'wait'

export interface Fault {
  readonly loss: Loss
  /** Runs after the fault, before the replica can notice it. */
  readonly meanwhile?: () => Promise<unknown>
}

export interface FaultyConnection {
  /** The URL of the database through this proxy. */
  readonly url: string
  /** Plans faults: the first for the next commit, the second for the commit after it, and so on. */
  next(...faults: readonly Fault[]): void
  /** The number of planned faults that have not happened yet. */
  readonly unmet: number
  /** Calls `choose` for each commit without a planned fault. `choose` returns the fault for this commit, if any. */
  meet(choose: () => Fault | undefined): void
  /** Sends the late commits to the database. Resolves once the database has answered them. */
  carryOut(): Promise<void>
}

/** The last bytes of an answer: ready for the next query, in no transaction. */
const READY = Buffer.from('Z\0\0\0\u0005I')

/**
 * A text in the statements that a fault hits. `changed` is the name of the statement by which a replica reads the
 * changes of others.
 */
export type CommitUnderFault =
  'commit_slot_batch' | 'commit_assertion_batch' | 'commit_configuration_change' | 'changed\0' | 'SELECT history'

/**
 * Makes such a proxy, which ends with the running test. A fault hits a statement that contains the text in `commit`.
 */
export async function aFaultyConnection(
  url: string,
  commit: CommitUnderFault = 'commit_slot_batch',
): Promise<FaultyConnection> {
  const planned: Fault[] = []
  const late: (() => Promise<void>)[] = []
  /** Errors of `meanwhile`. The test fails with the first error. */
  const failures: unknown[] = []
  onTestFinished(() => {
    if (failures.length > 0) throw new Error('a fault could not be met as planned', { cause: failures[0] })
  })
  let chosen: () => Fault | undefined = () => undefined
  const { port } = await aRelay((near, keep) => {
    const far = connect(Number(new URL(url).port), '127.0.0.1')
    keep(far)
    const end = (): void => {
      near.destroy()
      far.destroy()
    }
    let isGivenUp = false
    near.on('close', () => {
      if (!isGivenUp) far.destroy()
    })
    far.on('close', end)
    far.on('data', (bytes: Buffer) => {
      if (!isGivenUp) near.write(bytes)
    })
    near.on('data', (bytes: Buffer) => {
      const fault = bytes.includes(commit) ? (planned.shift() ?? chosen()) : undefined
      if (fault === undefined) far.write(bytes)
      else {
        void meet(fault, bytes).catch((cause: unknown) => {
          failures.push(cause)
          end()
        })
      }
    })

    async function meet({ loss, meanwhile = () => Promise.resolve() }: Fault, bytes: Buffer): Promise<void> {
      if (loss === 'wait') {
        await meanwhile()
        far.write(bytes)
        return
      }
      isGivenUp = true
      const carryOut = async (): Promise<void> => {
        await answered(far, bytes)
        // The session is closed, so that unused sessions do not pile up in the database.
        if (loss === 'late') far.destroy()
      }
      if (loss === 'late') late.push(carryOut)
      else if (loss !== 'request') await carryOut()
      await meanwhile()
      if (loss === 'late') near.destroy()
      else if (loss !== 'timeout') end()
    }
  })
  return {
    url: atPort(url, port),
    next: (...faults) => {
      planned.push(...faults)
    },
    get unmet() {
      return planned.length
    },
    meet: (choose) => {
      chosen = choose
    },
    carryOut: async () => {
      await Promise.all(late.splice(0).map((send) => send()))
    },
  }
}

/** Sends the bytes. Resolves when the database has answered, or when the socket is closed. */
function answered(far: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    let last: Buffer = Buffer.alloc(0)
    far.on('data', (more: Buffer) => {
      last = Buffer.concat([last, more]).subarray(-READY.length)
      if (last.equals(READY)) resolve()
    })
    far.on('close', () => {
      resolve()
    })
    far.write(bytes)
  })
}

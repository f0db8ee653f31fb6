// The line between a replica and its database, on which commits and their answers get lost: what is said on it is
// passed
// on byte for byte, but for the next commits that are to meet a fault.
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { aRelay } from './a-relay.ts'
import { atPort } from './databases.ts'

/**
 * - `answer`: the database carries it out; the connection breaks before its answer comes.
 * - `request`: the connection breaks before the database receives it.
 * - `late`: the connection breaks, and the database receives it when `carryOut` is called.
 * - `timeout`: as `answer`, but nobody is told that the connection is of no use any more.
 * - `wait`: it arrives when `meanwhile` is done, and so does its answer.
 */
export type Loss = 'answer' | 'request' | 'late' | 'timeout' | 'wait'

export interface Fault {
  readonly loss: Loss
  /** Runs when the commit has met its fault, before the replica can notice. */
  readonly meanwhile?: () => Promise<unknown>
}

export interface FaultyConnection {
  /** Of the database, through this connection. */
  readonly url: string
  /** The next commits meet these, one each. */
  next(...faults: readonly Fault[]): void
  /** So many of them have met none yet. */
  readonly unmet: number
  /** Asked for each commit that nothing was planned for. */
  meet(choose: () => Fault | undefined): void
  /** Sends the late commits to the database. Resolves when the database has answered them. */
  carryOut(): Promise<void>
}

/** The last bytes of an answer: ready for the next question, in no transaction. */
const READY = Buffer.from('Z\0\0\0\u0005I')

/**
 * Ended with the running test. Faults are met by what is sent with this text in it: a commit, or a read that stands
 * for one.
 */
export async function aFaultyConnection(
  url: string,
  commit: 'commit_slot_batch' | 'commit_configuration_change' | 'SELECT history' = 'commit_slot_batch',
): Promise<FaultyConnection> {
  const planned: Fault[] = []
  const late: (() => Promise<void>)[] = []
  /** Of the act that runs before the answer. */
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
        // The database is not left with more and more sessions.
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

/** Resolves when the database has answered, whatever it is. */
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

// Three replicas with bad connections to the database: every fifth commit or its answer is lost, or delivered late.
import { between, type Chance, oneOf } from '../../../../e2e/chance.ts'
import { type OpenedStore, openReplica } from '../engines.ts'
import { type CommitUnderFault, aFaultyConnection } from '../postgres/faulty-connection.ts'
import { aDatabase } from '../postgres/databases.ts'
import { Recorder } from './history.ts'

export interface LossyReplicas {
  readonly replicas: readonly [OpenedStore, ...OpenedStore[]]
  /** The number of lost or late commits so far. */
  readonly lost: number
  /** Returns a new recorder of operations that also notes the faults from now on. */
  newRecorder(): Recorder
  close(): Promise<void>
}

/** Faults hit only the statements that contain the text in `commit`. */
export async function threeLossyReplicas(chance: Chance, commit: CommitUnderFault): Promise<LossyReplicas> {
  const url = await aDatabase()
  const connect = () => aFaultyConnection(url, commit)
  const connections = await Promise.all([connect(), connect(), connect()])
  const [one, ...others] = connections
  const replicas = [
    await openReplica(one.url),
    ...(await Promise.all(others.map((connection) => openReplica(connection.url)))),
  ] as const
  let lost = 0
  let recorder = new Recorder()
  for (const [replica, connection] of connections.entries()) {
    connection.meet(() => {
      const dice = between(chance, 1, 5)
      if (dice > 1) return undefined
      const loss = oneOf(chance, ['answer', 'request', 'late'] as const)
      lost++
      const here = `a commit of replica ${String(replica)}`
      const current = recorder
      current.note(`${here} is lost: ${loss}`)
      if (loss === 'late') {
        setTimeout(
          () => {
            current.note(`${here} is carried out late`)
            void connection.carryOut().then(() => {
              current.note(`${here} was answered late`)
            })
          },
          between(chance, 0, 300),
        )
      }
      return { loss }
    })
  }
  return {
    replicas,
    get lost() {
      return lost
    },
    newRecorder: () => (recorder = new Recorder()),
    close: async () => void (await Promise.all(replicas.map((replica) => replica.close()))),
  }
}

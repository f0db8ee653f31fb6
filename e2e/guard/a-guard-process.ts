// Starts a guard in its own process. Tests send it tokens and read its verdicts.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { GuardOptions } from '@latchkey/guard'
import { onTestFinished } from 'vitest'
import { promptly } from '../eventually.ts'
import { type Integration, PREDICT } from '../integrations.ts'
import type { GuardProcessOptions } from './guard-process.ts'

export interface GuardProcess {
  readonly pid: number
  /** Returns the status and the reason of a verdict, such as `401 superseded`. */
  readonly verdict: (token: string) => Promise<string>
  /** The number of requests about tokens that the guard sent to the authorization server, up to its last verdict. */
  readonly introspections: () => number
  readonly kill: (signal: NodeJS.Signals) => void
}

const LONGEST_ANSWER = { within: 60_000, what: 'an answer of the guard' }

/** Starts a guard and waits until it is ready. The process ends with the running test. */
export async function aGuardProcess(desired: {
  readonly issuer: string
  readonly reader: Integration
  readonly liveness: GuardOptions['liveness']
}): Promise<GuardProcess> {
  const { clientId, clientSecret } = desired.reader
  const options: GuardProcessOptions = {
    ...{ issuer: desired.issuer, liveness: desired.liveness, scope: PREDICT, clientId },
    clientSecret: clientSecret.reveal(),
  }
  const program = join(import.meta.dirname, 'guard-process.ts')
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdin.write(`${JSON.stringify(options)}\n`)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const nextLine = async (): Promise<string> => {
    const line = await promptly(lines.next(), LONGEST_ANSWER)
    if (line.done === true) throw new Error('the guard process ended')
    return line.value
  }
  await nextLine()
  let introspections = 0
  let last: Promise<unknown> = Promise.resolve()
  return {
    pid: Number(child.pid),
    verdict: (token) => {
      child.stdin.write(`${token}\n`)
      const answer = last.then(nextLine).then((line) => {
        const [count = '', ...verdict] = line.split(' ')
        introspections = Number(count)
        return verdict.join(' ')
      })
      last = answer.catch(() => undefined)
      return answer
    },
    introspections: () => introspections,
    kill: (signal) => void child.kill(signal),
  }
}

// Jobs for a child process, one at a time: the caller's side and the worker's side.
import { type ChildOptions, keepStderr, startChild, stopChild } from './children.ts'

type Reply<Answer> = { readonly answer: Answer } | { readonly fault: string }

export interface JobProcess<Job, Answer> {
  readonly pid: number
  /** Sends a job to the child and returns the result. Rejects if the child reports a fault, ends, or takes too long. */
  ask(job: Job): Promise<Answer>
  stop(): Promise<void>
}

const LONGEST_JOB_MS = 400_000

export function startJobProcess<Job extends object, Answer>(
  desired: Omit<ChildOptions, 'channel'>,
): JobProcess<Job, Answer> {
  const child = startChild({ ...desired, channel: 'jobs' })
  child.stdout?.resume()
  const complaints = keepStderr(child)
  const name = desired.words.at(-1) ?? ''
  return {
    pid: child.pid ?? 0,
    stop: () => stopChild(child),
    ask: (job) =>
      new Promise((resolve, reject) => {
        const done = (act: () => void): void => {
          clearTimeout(deadline)
          child.off('message', onReply).off('exit', onExit)
          act()
        }
        const onReply = (reply: Reply<Answer>): void => {
          done(() => {
            if ('answer' in reply) resolve(reply.answer)
            else reject(new Error(`${name}: ${reply.fault}`))
          })
        }
        const onExit = (): void => {
          done(() => {
            reject(new Error(`${name} ended before it answered\n${complaints()}`))
          })
        }
        const deadline = setTimeout(() => {
          done(() => {
            reject(new Error(`${name} did not answer in time`))
          })
        }, LONGEST_JOB_MS)
        child.on('message', onReply).on('exit', onExit)
        child.send(job)
      }),
  }
}

/**
 * Answers the jobs of the parent process. Each program of this folder calls it once. The program ends when its parent
 * process ends.
 */
export function answerJobs<Job, Answer>(carryOut: (job: Job) => Promise<Answer> | Answer): void {
  process.on('disconnect', () => process.exit())
  process.on('message', (job) => {
    const reply = async (): Promise<Reply<Answer>> => {
      try {
        return { answer: await carryOut(job as Job) }
      } catch (cause) {
        return { fault: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) }
      }
    }
    void reply().then((answer) => process.send?.(answer))
  })
}

// The mock as a user runs it.
import type { Report } from '../../e2e/a-mock.ts'
import { keepStderr, startChild, stopChild } from '../children.ts'
import type { Placement } from '../placement.ts'
import { PROGRAM } from './latchkey.ts'

export interface MockServer {
  readonly pid: number
  readonly reported: Report
  stop(): Promise<void>
}

const START_MS = 60_000
const WORDS = ['mock', '--port', '0', '--admin-port', '0', '--signing-alg', 'ES256', '--json']

export async function startMock(placement: Placement): Promise<MockServer> {
  const child = startChild({ placement, seat: 'server', words: [PROGRAM, ...WORDS], channel: 'none' })
  const complaints = keepStderr(child)
  const reported = await new Promise<Report>((resolve, reject) => {
    let said = ''
    const fail = (): void => {
      reject(new Error(`the mock did not start\n${said}\n${complaints()}`))
    }
    const deadline = setTimeout(fail, START_MS)
    child.once('exit', fail)
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (!said.includes('\n')) return
      clearTimeout(deadline)
      child.off('exit', fail)
      resolve(JSON.parse(said.slice(0, said.indexOf('\n'))) as Report)
    })
  })
  return { pid: child.pid ?? 0, reported, stop: () => stopChild(child) }
}

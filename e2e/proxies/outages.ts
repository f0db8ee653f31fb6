// Tests of outages: while the authorization server is down, silent or faulty, no request passes, and no caller gets a
// 401 for a valid token.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'
import { stopwatch } from '../stopwatch.ts'
import { type Answer, askThrough } from './ask-through.ts'
import { type FailingLatchkey, startFailingLatchkey } from './failing-latchkey.ts'
import type { Door, OpenDoor } from './proxy-process.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'

export function describeOutages(open: OpenDoor, statusWhenDown: readonly number[]): void {
  let upstream: RecordingUpstream
  let door: Door
  let latchkeyPort: number
  let latchkey: FailingLatchkey | undefined

  beforeAll(async () => {
    upstream = await startRecordingUpstream()
    latchkeyPort = await freePort()
    door = await open({ listen: await freePort(), latchkey: latchkeyPort, api: upstream.port })
  })
  afterAll(() => Promise.all([door.stop(), upstream.stop(), latchkey?.stop()]))

  const ask = (): Promise<Answer> => askThrough(door.url, { target: '/ai/usecase', token: 'e30.e30.e30' })

  test('no request passes while the server is down', async () => {
    const answer = await ask()
    expect(statusWhenDown).toContain(answer.status)
    expect(upstream.takeReceived()).toEqual([])
  })

  test('no request passes while the server is silent, and the caller gets an error after some seconds', async () => {
    latchkey = await startFailingLatchkey(latchkeyPort)
    const took = stopwatch()
    const answer = await ask()
    expect(answer.status).toBeGreaterThanOrEqual(500)
    expect(took()).toBeLessThan(15_000)
    expect(upstream.takeReceived()).toEqual([])
  })

  test.each([302, 400, 404, 429, 500, 503])(
    'if Latchkey answers %i, which neither accepts nor refuses the token, no request reaches the upstream',
    async (status) => {
      latchkey?.fail(status)
      const answer = await ask()
      expect(answer.status).toBeGreaterThanOrEqual(300)
      expect([401, 403]).not.toContain(answer.status)
      if (status >= 500) expect(answer.status).toBeGreaterThanOrEqual(500)
      expect(upstream.takeReceived()).toEqual([])
    },
  )

  test('requests pass again without a restart when the server is back', async () => {
    latchkey?.fail(200)
    await eventually(async () => (await ask()).status === 200, { within: 60_000, what: 'the door opens' })
    expect(upstream.takeReceived()).not.toEqual([])
  })
}

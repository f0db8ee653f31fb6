// Each pending token request gets one answer, and an error of one does not affect the others.
import { refuse } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import { WaitingRequests } from '../../../src/issuing/waiting-requests.ts'
import { attempt } from '../../a-store.ts'

const REFUSED = refuse({ reason: 'scope_not_granted', clientId: 'lkone' } as const)
const FAULT = new Error('the answer cannot be sent')

/** Requests that record their answers. A request in `throwing` throws when it is resolved. */
function someRequests(...throwing: readonly boolean[]) {
  const waiting = new WaitingRequests()
  const answers: unknown[][] = throwing.map(() => [])
  const requests = throwing.map((isThrowing, index) =>
    waiting.add(attempt('lkone'), 0, {
      resolve: (outcome) => {
        if (isThrowing) throw FAULT
        answers[index]?.push(outcome)
      },
      reject: (cause) => answers[index]?.push(cause),
    }),
  )
  return { waiting, requests, answers }
}

test('a request whose answer throws gets the error, and the other requests get their answers', () => {
  const { waiting, requests, answers } = someRequests(false, true, false)
  waiting.resolve(requests, REFUSED)
  expect(answers).toEqual([[REFUSED], [FAULT], [REFUSED]])
})

test('a request gets only one answer', () => {
  const { waiting, requests, answers } = someRequests(false, false)
  waiting.reject(requests.slice(0, 1), FAULT)
  waiting.resolve(requests, REFUSED)
  waiting.reject(requests, FAULT)
  expect(answers).toEqual([[FAULT], [REFUSED]])
})

test('after a request is answered, another request can wait in its place', () => {
  const { waiting, requests } = someRequests(...Array<boolean>(4096).fill(false))
  const more = () => waiting.add(attempt('lkone'), 0, { resolve: () => undefined, reject: () => undefined })
  expect(more).toThrow('too many token requests are waiting')
  waiting.resolve(requests.slice(0, 1), REFUSED)
  waiting.reject(requests.slice(0, 1), FAULT)
  more()
  expect(more).toThrow('too many token requests are waiting')
})

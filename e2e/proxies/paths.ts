// Tests of paths: no spelling of a path reaches an API whose scope was not checked.
import { expect, test } from 'vitest'
import { MODEL, PREDICT } from '../integrations.ts'
import type { Question } from './ask-through.ts'
import type { Deployment, Outcome } from './deployment.ts'
import { readings } from './readings.ts'
import { FROM_THE_API } from './recording-upstream.ts'

/** Paths that reach the wrong API if the proxy and the API decode them differently. */
const TRICKS = [
  '/ai/../customers/c1/ai/models',
  '/ai/%2e%2e/customers/c1/ai/models',
  '/ai/.%2E/customers/c1/ai/models',
  '/ai/..%2fcustomers/c1/ai/models',
  '/ai/%2e%2e%2Fcustomers/c1/ai/models',
  '/ai%2f..%2fcustomers/c1/ai/models',
  '/ai/..;/customers/c1/ai/models',
  '/ai/..;x=1/customers/c1/ai/models',
  '/ai/..%5ccustomers/c1/ai/models',
  '/ai/..\\customers/c1/ai/models',
  '/ai/%252e%252e/customers/c1/ai/models',
  '/ai/%252e%252e%252fcustomers/c1/ai/models',
  '/ai/..%00/customers/c1/ai/models',
  '/ai/prediction/../../customers/c1/ai/models',
  '/ai/./../customers/c1/ai/models',
  '/ai//../customers/c1/ai/models',
  '//customers/c1/ai/models',
  '/./customers/c1/ai/models',
  '/%63ustomers/c1/ai/models',
  '/CUSTOMERS/c1/ai/models',
  '/Customers/c1/ai/models',
  '/customers;/c1/ai/models',
  '/customers%2fc1/ai/models',
  '/customers/../ai/models',
  '/customers/%2e%2e/ai/usecase',
  '/customers/c1/../../ai/usecase',
  '/customers/..%2fai/usecase',
  '/customers/..;/ai/usecase',
  '/customers/..%5cai/usecase',
  '/customers//../ai/usecase',
  '//ai/usecase',
  '/%61i/usecase',
  '/AI/usecase',
  'http://example.test/ai/../customers/c1/ai/models',
  'http://example.test//customers/c1/ai/models',
  'http://HOST/ai/../customers/c1/ai/models',
  'http://HOST//customers/c1/ai/models',
  'http://HOST/customers/../ai/usecase',
] as const

/** Paths that belong to no API. */
const ELSEWHERE = ['/', '/ai', '/aix/usecase', '/customers', '/oauth2/x', '/admin', '/_latchkey', '/_latchkey/', '*']

const AREAS = [
  { scope: PREDICT, others: '/customers' },
  { scope: MODEL, others: '/ai' },
] as const

export function describePaths(deployment: () => Deployment): void {
  const ask = ({ target, ...question }: Question): Promise<Outcome> =>
    deployment().ask({ ...question, target: target.replace('HOST', new URL(deployment().url).host) })

  test.each(AREAS)(
    'a token for $scope reaches no path that an API could read as $others',
    async ({ scope, others }) => {
      const token = await deployment().newToken(scope)
      for (const target of TRICKS) {
        const { received } = await ask({ target, token })
        for (const { target: arrived } of received)
          for (const reading of readings(arrived)) expect(`${reading}/`, target).not.toMatch(new RegExp(`^${others}/`))
      }
    },
  )

  test('without a token none of these paths reaches an API', async () => {
    for (const target of TRICKS) {
      const { answer, received } = await ask({ target })
      expect(answer.body, target).not.toContain(FROM_THE_API)
      expect(received).toEqual([])
    }
  })

  test('a path of no API is not passed on, with or without a token', async () => {
    const token = await deployment().newToken(PREDICT)
    for (const target of ELSEWHERE) {
      const method = target === '*' ? 'OPTIONS' : 'GET'
      const { answer, received } = await ask({ method, target, token })
      expect(answer.body, target).not.toContain(FROM_THE_API)
      expect(received).toEqual([])
    }
  })

  test('plain paths of every API pass unchanged', async () => {
    const token = { [PREDICT]: await deployment().newToken(PREDICT), [MODEL]: await deployment().newToken(MODEL) }
    for (const [target, scope] of [
      ['/ai/usecase', PREDICT],
      ['/ai/prediction/v1/predict?stream=true&x=%2e%2e%2f', PREDICT],
      ['/ai/async-prediction/4b5c_x~1.2', PREDICT],
      ['/ai/async-chunking/', PREDICT],
      ['/customers/c-1/ai/models/m.2/versions', MODEL],
      ['/customers/c-1/ai/deployments?next=/ai/../x', MODEL],
    ] as const) {
      const { answer, received } = await ask({ target, token: token[scope] })
      expect(answer.status, target).toBe(200)
      expect(received).toMatchObject([{ target }])
    }
  })
}

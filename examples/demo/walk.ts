// The walk: a new token ends the old one at five APIs behind a gateway. Throws if it does not.
import { type Answer, type Api, call, MODELS_API, PREDICT_APIS, requestToken, type Token } from './calls.ts'
import { MODEL, type Platform, PREDICT } from './platform.ts'
import { heading, remark, row } from './screen.ts'

export async function walk(platform: Platform): Promise<void> {
  heading(`1. A token for ${PREDICT} opens four APIs, and not the fifth`)
  const first = await newToken(platform, PREDICT)
  for (const api of PREDICT_APIS) await expectCall(platform, [api, first], { status: 200 })
  await expectCall(platform, [MODELS_API, first], { status: 403, reason: 'insufficient_scope' })

  heading(`2. The Models API wants ${MODEL}: a token of its own`)
  const models = await newToken(platform, MODEL)
  await expectCall(platform, [MODELS_API, models], { status: 200 })

  heading('3. A job is submitted that takes a while')
  const [, , submit] = PREDICT_APIS as readonly [Api, Api, Api, Api]
  const { body } = await expectCall(platform, [submit, first], { status: 200 })
  const poll: Api = { name: submit.name, method: 'GET', path: `/ai/async-prediction/${String(body['predictionId'])}` }
  await expectCall(platform, [poll, first], { status: 200, note: 'SUBMITTED' })

  heading('4. A new token is asked for. In that instant the first one, unexpired as it is, is over')
  const second = await newToken(platform, PREDICT)
  const answered = performance.now()
  for (const api of PREDICT_APIS) await untilRefused(platform, api, first)
  for (const api of PREDICT_APIS) await expectCall(platform, [api, first], { status: 401, reason: 'superseded' })
  remark(
    `All four had refused it, and refused it again, ${(performance.now() - answered).toFixed(0)} ms after the new token came.`,
  )

  heading('5. The new one is good at all four, and the token for the Models API never noticed')
  for (const api of PREDICT_APIS) await expectCall(platform, [api, second], { status: 200 })
  await expectCall(platform, [MODELS_API, models], { status: 200 })

  heading('6. The job belongs to the integration: it is fetched with the new token')
  await untilReady(platform, poll, second)
  await expectCall(platform, [poll, second], { status: 200, note: 'RETRIEVED' })
}

async function newToken(platform: Platform, scope: string): Promise<Token> {
  const token = await requestToken(platform, scope)
  const seconds = token.expiresAt - Math.floor(Date.now() / 1000)
  remark(`token ${token.jti}, generation ${String(token.generation)}, good for ${String(seconds)} s`)
  return token
}

interface Expected {
  readonly status: number
  readonly reason?: string
  /** The status of a job. */
  readonly note?: string
}

async function expectCall(
  platform: Platform,
  [api, token]: readonly [Api, Token],
  expected: Expected,
): Promise<Answer> {
  const answer = await call(platform, api, token)
  const job = typeof answer.body['status'] === 'string' ? answer.body['status'] : ''
  show(api, answer, answer.reason ?? job)
  const isCaller = answer.status !== 200 || answer.calledBy === platform.client.clientId
  if (
    answer.status !== expected.status ||
    (expected.reason ?? null) !== answer.reason ||
    (expected.note !== undefined && expected.note !== job) ||
    !isCaller
  ) {
    throw new Error(`${api.name}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(answer)}`)
  }
  return answer
}

const show = ({ name, method, path }: Api, { status }: Answer, note: string): void => {
  row(name, `${method} ${path.replace(/[0-9a-f-]{36}/, '{predictionId}')}`, { status, note })
}

const LONGEST_WAIT_MILLISECONDS = 5000

/** The feed tells the gateway, some milliseconds after the answer with the new token. */
const untilRefused = (platform: Platform, api: Api, token: Token): Promise<void> =>
  until(`${api.name} refuses the old token`, async () => (await call(platform, api, token)).status === 401)

const untilReady = (platform: Platform, poll: Api, token: Token): Promise<void> =>
  until('the job is ready', async () => {
    const answer = await call(platform, poll, token)
    if (answer.body['status'] !== 'READY') return false
    show(poll, answer, 'READY')
    return true
  })

async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + LONGEST_WAIT_MILLISECONDS
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`waited without success until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

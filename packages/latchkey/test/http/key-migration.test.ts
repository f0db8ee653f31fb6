// An integration changes from its secret to a key while its programs request tokens: no request fails.
import { expect, test } from 'vitest'
import { underLoad } from '../../../../e2e/beside.ts'
import { eventually } from '../../../../e2e/eventually.ts'
import { aServer, PREDICT, TestClock } from '../a-server.ts'
import { aPlatform, made, podClaims, podRule, tokenOf } from '../a-platform.ts'
import { aClientKey, anAssertion, assertionForm } from '../client-assertions.ts'
import { admin } from '../postgres/replicas.ts'

const SOON = { within: 30_000 }
const A_DAY = 86_400

/** A program of the integration. The program requests one token after the other. */
interface Program {
  method: 'secret' | 'key'
  answers: number[]
  isWaiting: boolean
}

test('a client changes from its secret to a key under load, the server shows when no program uses the secret, and no request fails', async () => {
  const clock = new TestClock()
  const server = await aServer({ clock })
  const integration = await server.integration()
  const { id, clientId } = integration
  const key = aClientKey('ES256')
  const form = { grant_type: 'client_credentials', scope: PREDICT }
  const request = {
    secret: () => server.requestToken(integration),
    key: () => {
      const now = clock.now()
      const assertion = anAssertion({ clientId, issuer: server.issuer, key }, { iat: now, exp: now + 60 })
      return fetch(`${server.at}/v1/token`, { method: 'POST', body: assertionForm(assertion, form) })
    },
  }
  const programs = Array.from({ length: 4 }, (): Program => ({ method: 'secret', answers: [], isWaiting: false }))
  let isNight = false
  const work = async (program: Program, isOver: () => boolean): Promise<void> => {
    while (!isOver()) {
      program.isWaiting = isNight
      if (isNight) await new Promise((resolve) => setTimeout(resolve, 1))
      else {
        const answer = await request[program.method]()
        await answer.arrayBuffer()
        program.answers.push(answer.status)
      }
    }
  }
  const moreTokens = async (of: readonly Program[] = programs): Promise<void> => {
    const goals = of.map(({ answers }) => answers.length + 10)
    await eventually(() => of.every(({ answers }, at) => answers.length >= (goals[at] ?? 0)), {
      ...SOON,
      what: 'ten more tokens for each program',
    })
  }
  /** Lets a day pass between two requests of each program. */
  const nextDay = async (): Promise<void> => {
    isNight = true
    await eventually(() => programs.every(({ isWaiting }) => isWaiting), { ...SOON, what: 'the programs are at rest' })
    clock.advance(A_DAY)
    isNight = false
  }
  const secret = async () => {
    const answer = await admin(server, 'GET', `/integrations/${id}/secrets`)
    const { items } = (await answer.json()) as { items: { id: string; safe_to_retire: { verdict: string } }[] }
    return items[0]
  }

  await underLoad(
    (isOver) => Promise.all(programs.map((program) => work(program, isOver))),
    async () => {
      await moreTokens()
      const added = await admin(server, 'POST', `/integrations/${id}/credentials`, { kind: 'key', jwk: key.jwk })
      expect(added.status).toBe(201)
      await moreTokens()
      for (const program of programs) {
        program.method = 'key'
        await moreTokens()
      }
      expect(await secret()).toMatchObject({ safe_to_retire: { verdict: 'no' } })
      await nextDay()
      await moreTokens()
      const replaced = await secret()
      expect(replaced).toMatchObject({
        safe_to_retire: {
          verdict: 'yes',
          why: 'The credential was not used for a day, and another credential was used.',
        },
      })
      const ended = await admin(server, 'POST', `/integrations/${id}/secrets/${replaced?.id ?? ''}/end`)
      expect(ended.status).toBe(200)
      await moreTokens()
    },
  )
  const answers = programs.flatMap((program) => program.answers)
  expect(answers.length).toBeGreaterThan(200)
  expect(answers.filter((status) => status !== 200)).toEqual([])
  expect((await request.secret()).status).toBe(401)
})

test('a secret is not shown as safe to end while the issuer of the trust rule that replaced the secret is disabled', async () => {
  const clock = new TestClock()
  const server = await aServer({ clock })
  const integration = await server.integration()
  await server.token(integration)
  clock.advance(A_DAY)
  const platform = aPlatform(server, { now: clock.now() })
  const issuer = await made(server, 'POST', '/issuers', platform.registration)
  await made(server, 'POST', `/integrations/${integration.id}/credentials`, podRule(platform.name))
  expect((await tokenOf(server, platform.sign(podClaims()))).status).toBe(200)
  const verdicts = async (kind: 'secrets' | 'credentials') => {
    const { items } = await made(server, 'GET', `/integrations/${integration.id}/${kind}`)
    return (items as { safe_to_retire: object }[]).map(({ safe_to_retire: safe }) => safe)
  }
  expect(await verdicts('secrets')).toMatchObject([{ verdict: 'yes' }])
  await made(server, 'PATCH', `/issuers/${String(issuer['id'])}`, { enabled: false })
  expect((await tokenOf(server, platform.sign(podClaims()))).status).toBe(401)
  expect(await verdicts('secrets')).toEqual([
    { verdict: 'no', why: 'This is the only credential that works. Add another credential first.' },
  ])
  expect(await verdicts('credentials')).toEqual([
    {
      verdict: 'unknown',
      why: 'The issuer of the trust rule is disabled, so the rule authenticates no workload until the issuer is enabled.',
    },
  ])
})

// A user's program with the packed libraries: it causes each kind of refusal of a guard, on any runtime. The variable
// SERVER describes the server. The program prints the answers as JSON.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createTokenManager, TokenError } from '@latchkey/client'
import { fileStore } from '@latchkey/client/file-store'
import { createGuard, GuardError } from '@latchkey/guard'
import { requireScope } from '@latchkey/guard/fetch'

const [PREDICT, MODEL] = ['machinelearning.predict', 'machinelearning.model']
const { issuer, tokenEndpoint, client, guardClient } = JSON.parse(process.env.SERVER ?? '')
const audience = 'api://default'
const basic = `Basic ${btoa(`${client.clientId}:${client.clientSecret}`)}`

const guardOf = (options) =>
  createGuard({ issuer: new URL(issuer), audience, credentials: guardClient, liveness: LIVENESS, ...options })
const LIVENESS = { mode: 'feed', maxStaleSeconds: 5, onStale: 'refuse' }

const apiOf = (guard) => requireScope(guard, PREDICT)((_request, claims) => new Response(claims.clientId))

async function call(api, authorization) {
  const headers = authorization === undefined ? {} : { authorization }
  const response = await api(new Request('http://api.test/', { headers }))
  return `${response.status} ${response.headers.get('latchkey-reason') ?? response.headers.get('www-authenticate')?.split(' ')[0] ?? ''}`.trim()
}

/** Repeats the call until the answer differs from `before`. A guard learns within seconds that a token has ended. */
async function callAfterChange(api, authorization, before) {
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    const answer = await call(api, authorization)
    if (answer !== before) return answer
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return before
}

async function requestToken(scope) {
  const url = `${tokenEndpoint}?scope=${scope}&grant_type=client_credentials`
  const response = await fetch(url, { method: 'POST', headers: { authorization: basic } })
  return (await response.json()).access_token
}

const answers = {}
const folder = mkdtempSync(join(tmpdir(), 'latchkey-refusals-'))
const guard = guardOf({})
await guard.ready()
const api = apiOf(guard)
const tokens = createTokenManager({ issuer, ...client, scope: PREDICT, store: fileStore({ folder }) })

const first = await tokens.getToken()
answers.live = await call(api, `Bearer ${first}`)
answers.missing = await call(api)
answers.malformed = await call(api, 'Bearer not-a-token')
const [head, payload, signature] = first.split('.')
const forged = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
answers.forged = await call(api, `Bearer ${head}.${payload}.${forged}`)
answers.otherScope = await call(api, `Bearer ${await requestToken(MODEL)}`)

// Another process requests a token for the same integration and scope. The manager gets a new token, and the guard
// refuses the old token.
await requestToken(PREDICT)
answers.superseded = await callAfterChange(api, `Bearer ${first}`, answers.live)
const next = await tokens.replaceRefused(first, 'superseded')
answers.replaced = await callAfterChange(api, `Bearer ${next}`, '503')
await fetch(tokenEndpoint.replace(/token$/, 'revoke'), {
  method: 'POST',
  headers: { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' },
  body: `token=${next}`,
})
answers.revoked = await callAfterChange(api, `Bearer ${next}`, answers.replaced)
await guard.close()

const elsewhere = guardOf({ audience: 'api://elsewhere' })
await elsewhere.ready()
answers.wrongAudience = await call(apiOf(elsewhere), `Bearer ${await requestToken(PREDICT)}`)
await elsewhere.close()

const asking = guardOf({ liveness: { mode: 'introspect', maxAgeSeconds: 0 } })
await asking.ready()
const last = await requestToken(PREDICT)
answers.introspected = await call(apiOf(asking), `Bearer ${last}`)
await requestToken(PREDICT)
answers.introspectedSuperseded = await call(apiOf(asking), `Bearer ${last}`)
await asking.close()

// Nothing listens on port 1.
const cutOff = guardOf({ issuer: new URL('http://127.0.0.1:1/oauth2/nobody') })
answers.unreachable = await call(apiOf(cutOff), `Bearer ${last}`)
await cutOff.close()
const wrong = createTokenManager({ issuer, ...client, clientSecret: 'lks_wrong', scope: PREDICT })
answers.wrongSecret = await wrong
  .getToken()
  .catch((error) => (error instanceof TokenError ? error.code : String(error)))
try {
  guardOf({ liveness: undefined })
} catch (error) {
  answers.noLiveness = error instanceof GuardError ? error.code : String(error)
}
rmSync(folder, { recursive: true })
console.log(JSON.stringify(answers))
process.exit(0)

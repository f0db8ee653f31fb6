// An agent whose integration has no secret: the agent signs assertions, or sends assertions from a file or from GitHub
// Actions.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aGithubEndpoint } from '../../../credentials/test/github-endpoint.ts'
import { anAgent } from '../an-agent.ts'
import { MODEL, PREDICT } from '../a-server.ts'
import { aClientKey, anAssertion, register } from '../client-assertions.ts'

test('an agent with a key serves live tokens for each scope, even after the key file was removed', async () => {
  const key = aClientKey('ES256')
  let keyFile = ''
  const agent = await anAgent({
    proof: async (folder, server, { clientId }) => {
      await register(server, clientId, key)
      keyFile = join(folder, 'client.pem')
      writeFileSync(keyFile, key.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o640 })
      return { private_key_file: keyFile, key_id: key.kid }
    },
  })
  for (const scope of [PREDICT, MODEL]) {
    const { body } = await agent.ask('GET', `/token?scope=${scope}`)
    expect(await agent.server.verify(String(body['access_token']), scope)).toMatchObject({ status: 200 })
  }
  rmSync(keyFile)
  const { body } = await agent.ask('GET', `/token?scope=${PREDICT}`)
  await agent.server.token(agent.integration, PREDICT)
  const refused = { access_token: body['access_token'], reason: 'superseded' }
  const next = await agent.ask('POST', `/refused?scope=${PREDICT}`, refused)
  expect(await agent.server.verify(String(next.body['access_token']))).toMatchObject({ status: 200 })
})

test('an agent with an assertion file reads the file for each token request, and waits for a file that does not exist yet', async () => {
  const key = aClientKey('EdDSA')
  let assertionFile = ''
  const agent = await anAgent({
    proof: async (folder, server, { clientId }) => {
      await register(server, clientId, key)
      assertionFile = join(folder, 'token')
      return { assertion_file: assertionFile }
    },
  })
  const { issuer } = agent.server
  const { clientId } = agent.integration
  const early = agent.ask('GET', `/token?scope=${PREDICT}`)
  setTimeout(() => {
    writeFileSync(assertionFile, anAssertion({ clientId, issuer, key }))
  }, 100)
  expect(await agent.server.verify(String((await early).body['access_token']))).toMatchObject({ status: 200 })
  // The server accepts each assertion of a client's own key only once, so another token needs another assertion.
  writeFileSync(assertionFile, anAssertion({ clientId, issuer, key }))
  const model = await agent.ask('GET', `/token?scope=${MODEL}`)
  expect(await agent.server.verify(String(model.body['access_token']), MODEL)).toMatchObject({ status: 200 })
})

test('an agent in a job of GitHub Actions asks for an ID token for each token request, with the issuer as audience', async () => {
  const key = aClientKey('ES256')
  const assertions: string[] = []
  const { requests } = await aGithubEndpoint((_request, response) => {
    response.end(JSON.stringify({ value: assertions.shift() }))
  })
  const agent = await anAgent({
    proof: async (_folder, server, { clientId }) => {
      await register(server, clientId, key)
      const sender = { clientId, issuer: server.issuer, key }
      assertions.push(anAssertion(sender), anAssertion(sender))
      return { github_actions: true }
    },
  })
  for (const scope of [PREDICT, MODEL]) {
    const { body } = await agent.ask('GET', `/token?scope=${scope}`)
    expect(await agent.server.verify(String(body['access_token']), scope)).toMatchObject({ status: 200 })
  }
  const audiences = requests.map(([, url]) => new URL(url, 'http://127.0.0.1').searchParams.get('audience'))
  expect(audiences).toEqual([agent.server.issuer, agent.server.issuer])
})

// The agent on its Unix socket and on loopback HTTP: which callers get a token, and which the agent refuses.
import { once } from 'node:events'
import { chmodSync, chownSync, linkSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readAgentConfig } from '../../src/agent/read-agent-config.ts'
import { startAgent } from '../../src/agent/start-agent.ts'
import { createLogger } from '../../src/log.ts'
import { aServer, MODEL, PREDICT } from '../a-server.ts'
import { aFolder, agentFile, anAgent, askSocket } from '../an-agent.ts'
import { ask } from '../raw-http.ts'

/** Leaves a socket file without a listener, as a killed process does. */
async function leaveSocketAt(path: string): Promise<void> {
  const killed = createServer().listen(`${path}.killed`)
  await once(killed, 'listening')
  // Closing the listener removes the path on which the listener was opened. The second link to the socket file stays.
  linkSync(`${path}.killed`, path)
  killed.close()
  await once(killed, 'close')
}

const withHttp = { more: (folder: string) => ({ http: { port: 0 }, agent_key_file: join(folder, 'agent.key') }) }

describe('on the Unix socket of the agent', () => {
  test('every caller gets the same live token in the form of RFC 6749, and the agent requests it once', async () => {
    const agent = await anAgent()
    const answers = await Promise.all(Array.from({ length: 20 }, () => agent.ask('GET', `/token?scope=${PREDICT}`)))
    const body = answers[0]?.body ?? {}
    expect(Object.keys(body)).toEqual(['token_type', 'expires_in', 'access_token', 'scope'])
    expect(new Set(answers.map((answer) => answer.body['access_token'])).size).toBe(1)
    expect(await agent.server.verify(String(body['access_token']))).toMatchObject({ status: 200 })
    expect((await agent.ask('GET', '/metrics')).text).toContain(
      'latchkey_agent_token_requests_total{integration="billing",scope="machinelearning.predict",result="issued"} 1',
    )
  })

  test('the agent serves a separate token for each scope', async () => {
    const agent = await anAgent()
    const predict = await agent.ask('GET', `/token?scope=${PREDICT}`)
    const model = await agent.ask('GET', `/token?scope=${MODEL}&integration=billing`)
    expect(model.body['access_token']).not.toBe(predict.body['access_token'])
    expect((await agent.ask('GET', '/token?scope=unknown')).status).toBe(404)
  })

  test('a request without a scope gets its own error, not the error for an unknown scope', async () => {
    const agent = await anAgent()
    for (const path of ['/token', '/token?scope=']) {
      const { status, body } = await agent.ask('GET', path)
      expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'invalid_request' })
      expect(body['error_description']).toContain('parameter scope')
    }
  })

  test('only the user of the agent can open the socket and its folder', async () => {
    const { socket } = await anAgent()
    expect((statSync(socket).mode & 0o777).toString(8)).toBe('600')
    expect((statSync(dirname(socket)).mode & 0o777).toString(8)).toBe('700')
  })

  test('a program that reports a refused token gets the live token', async () => {
    const agent = await anAgent()
    const { body } = await agent.ask('GET', `/token?scope=${PREDICT}`)
    await agent.server.token(agent.integration, PREDICT)
    const access_token = body['access_token']
    const next = await agent.ask('POST', `/refused?scope=${PREDICT}`, { access_token, reason: 'superseded' })
    expect(await agent.server.verify(String(next.body['access_token']))).toMatchObject({ status: 200 })
    expect((await agent.ask('POST', `/refused?scope=${PREDICT}`, {})).status).toBe(400)
  })

  test('a body with two access_token members is refused', async () => {
    const { httpUrl = '', agentKey } = await anAgent(withHttp)
    const answer = await fetch(`${httpUrl}/refused?scope=${PREDICT}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${agentKey}` },
      body: '{"access_token":"a.b.c","access_token":"d.e.f"}',
    })
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_request' }])
  })

  test('the agent shows its status without tokens', async () => {
    const agent = await anAgent()
    const { body } = await agent.ask('GET', `/token?scope=${PREDICT}`)
    const status = await agent.ask('GET', '/status')
    expect(status.body['tokens']).toMatchObject([
      { scope: PREDICT, state: 'live' },
      { scope: MODEL, state: 'none' },
    ])
    for (const path of ['/status', '/livez', '/readyz', '/metrics']) {
      const answer = await agent.ask('GET', path)
      expect(answer.status).toBe(200)
      expect(answer.text).not.toContain(String(body['access_token']).slice(-40))
      expect(answer.text).not.toContain(agent.integration.clientSecret.reveal())
    }
  })

  test('during an outage the answer is 503 with Retry-After, and an agent whose secret the server refused is not ready', async () => {
    const agent = await anAgent()
    await fetch(`${agent.server.adminUrl}/admin/v1/integrations/${agent.integration.id}/disable`, {
      method: 'POST',
      headers: { authorization: `Bearer ${agent.server.adminKey.reveal()}` },
    })
    expect(await agent.ask('GET', `/token?scope=${PREDICT}`)).toMatchObject({
      status: 502,
      body: { error: 'invalid_client' },
    })
    expect((await agent.ask('GET', '/readyz')).status).toBe(503)
    expect((await agent.ask('GET', '/livez')).status).toBe(200)
  })

  test('the socket of a killed agent is replaced, and a socket in use is not replaced', async () => {
    const [server, folder] = [await aServer(), aFolder()]
    const config = readAgentConfig(
      agentFile(folder, server, await server.integration(), {}),
      join(folder, 'run/agent.sock'),
    )
    if (!config.ok) throw new Error('not usable')
    const logger = createLogger({ level: 'silent', format: 'json' })
    const first = await startAgent(config.value, logger)
    await expect(startAgent(config.value, logger)).rejects.toThrow('another agent runs on')
    await first.stop()
    await leaveSocketAt(config.value.socket)
    const second = await startAgent(config.value, logger)
    expect((await askSocket(second.socket, 'GET', '/livez')).status).toBe(200)
    await second.stop()
  })

  test('a file at the path of the socket is not deleted', async () => {
    const [server, folder] = [await aServer(), aFolder()]
    const path = join(folder, 'run/agent.sock')
    const config = readAgentConfig(agentFile(folder, server, await server.integration(), {}), path)
    if (!config.ok) throw new Error('not usable')
    mkdirSync(join(folder, 'run'), { mode: 0o700 })
    writeFileSync(path, 'precious')
    await expect(startAgent(config.value, createLogger({ level: 'silent', format: 'json' }))).rejects.toThrow(
      'is not a socket',
    )
    expect(readFileSync(path, 'utf8')).toBe('precious')
  })

  test.skipIf(process.getuid?.() !== 0)('a folder that belongs to another user is refused', async () => {
    const [server, folder] = [await aServer(), aFolder()]
    const config = readAgentConfig(
      agentFile(folder, server, await server.integration(), {}),
      join(folder, 'run/agent.sock'),
    )
    if (!config.ok) throw new Error('not usable')
    mkdirSync(join(folder, 'run'), { mode: 0o700 })
    chownSync(join(folder, 'run'), 65534, 65534)
    await expect(startAgent(config.value, createLogger({ level: 'silent', format: 'json' }))).rejects.toThrow(
      'another user',
    )
  })

  test('an invalid request path is refused, and not reported as a fault of the agent', async () => {
    const agent = await anAgent()
    expect((await agent.ask('GET', '//')).status).toBe(404)
  })

  test('a folder that other users can enter is refused', async () => {
    const [server, folder] = [await aServer(), aFolder()]
    const config = readAgentConfig(
      agentFile(folder, server, await server.integration(), {}),
      join(folder, 'agent.sock'),
    )
    if (!config.ok) throw new Error('not usable')
    chmodSync(folder, 0o755)
    await expect(startAgent(config.value, createLogger({ level: 'silent', format: 'json' }))).rejects.toThrow(
      'chmod 700',
    )
  })
})

describe('on loopback HTTP', () => {
  const target = `/token?scope=${PREDICT}`

  test('no port is open by default', async () => {
    const agent = await anAgent()
    expect(agent.httpUrl).toBeUndefined()
  })

  test('a caller with the agent key gets a token', async () => {
    const { httpUrl = '', agentKey, folder } = await anAgent(withHttp)
    // Node's fetch sends Sec-Fetch-Mode, as browsers do. The agent must not take it for a browser.
    expect((await fetch(httpUrl + target, { headers: { authorization: `Bearer ${agentKey}` } })).status).toBe(200)
    const answer = await ask(httpUrl, { method: 'GET', target, headers: [['Authorization', `Bearer ${agentKey}`]] })
    expect(answer.status).toBe(200)
    expect((statSync(join(folder, 'agent.key')).mode & 0o777).toString(8)).toBe('600')
  })

  test.each([
    ['no key', []],
    ['another key', [['Authorization', 'Bearer lka_wrong']]],
    ['Basic credentials', [['Authorization', 'Basic bGs6bGtz']]],
  ] as const)('%s is answered 401', async (_title, headers) => {
    const { httpUrl = '' } = await anAgent(withHttp)
    const answer = await ask(httpUrl, { method: 'GET', target, headers })
    expect(answer.status).toBe(401)
    expect(answer.body).not.toContain('access_token')
  })

  test.each([
    ['an Origin', 'Origin', 'http://127.0.0.1'],
    ['an Origin that is null', 'Origin', 'null'],
    ['Sec-Fetch-Site, also of the same origin', 'Sec-Fetch-Site', 'same-origin'],
  ])('a request with %s comes from a browser and is refused, even with the key', async (_title, name, value) => {
    const { httpUrl = '', agentKey } = await anAgent(withHttp)
    const headers = [
      ['Authorization', `Bearer ${agentKey}`],
      [name, value],
    ] as const
    expect((await ask(httpUrl, { method: 'GET', target, headers })).status).toBe(403)
  })

  test.each([
    'attacker.example',
    '127.0.0.1.attacker.example',
    'localhost.attacker.example:PORT',
    '192.0.2.1:PORT',
    '127.0.0.1:1',
  ])('a request with the Host %s, which is not the address of the agent, is refused', async (host) => {
    const { httpUrl = '', agentKey } = await anAgent(withHttp)
    const { port } = new URL(httpUrl)
    const lines = [
      `GET ${target} HTTP/1.1`,
      `Host: ${host.replace('PORT', port)}`,
      `Authorization: Bearer ${agentKey}`,
      'Connection: close',
    ]
    expect(await statusOfRaw(Number(port), lines)).toBe(403)
  })

  test('the Host localhost is accepted', async () => {
    const { httpUrl = '', agentKey } = await anAgent(withHttp)
    const { port } = new URL(httpUrl)
    const lines = [
      `GET ${target} HTTP/1.1`,
      `Host: localhost:${port}`,
      `Authorization: Bearer ${agentKey}`,
      'Connection: close',
    ]
    expect(await statusOfRaw(Number(port), lines)).toBe(200)
  })

  test('the agent listens only on 127.0.0.1', async () => {
    const { httpUrl = '' } = await anAgent(withHttp)
    const { hostname, port } = new URL(httpUrl)
    expect(hostname).toBe('127.0.0.1')
    // If the agent listened on all addresses, this listener could not bind the port on another loopback address.
    const other = createServer()
    await new Promise<void>((resolve, reject) => {
      other.once('error', reject)
      other.listen(Number(port), '127.0.0.2', resolve)
    })
    other.close()
  })
})

async function statusOfRaw(port: number, lines: readonly string[]): Promise<number> {
  const { RawConnection } = await import('../raw-http.ts')
  const connection = await RawConnection.open(`http://127.0.0.1:${String(port)}`)
  connection.write(`${lines.join('\r\n')}\r\n\r\n`)
  const { status } = await connection.answer('GET')
  connection.destroy()
  return status
}

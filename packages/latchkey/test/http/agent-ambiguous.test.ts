// Requests that the agent and an upstream could read differently, and requests whose answer would contain the token.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { PREDICT } from '../a-server.ts'
import { anAgent } from '../an-agent.ts'
import { headerOf, jsonOf, RawConnection } from '../raw-http.ts'

interface Setting {
  /** The methods of the requests that reached the upstream. */
  readonly arrived: readonly string[]
  readonly proxyUrl: string
  readonly httpUrl: string
  readonly key: string
}

/**
 * Makes an agent with loopback HTTP and a proxy. The upstream answers with the headers that it received, as servers
 * answer TRACE.
 */
async function setting(): Promise<Setting> {
  const arrived: string[] = []
  const upstream = createServer((request, response) => {
    arrived.push(request.method ?? '')
    response.end(JSON.stringify(request.rawHeaders))
  }).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  onTestFinished(() => void (upstream.close(), upstream.closeAllConnections()))
  const origin = `http://127.0.0.1:${String((upstream.address() as AddressInfo).port)}`
  const agent = await anAgent({
    more: (folder) => ({
      agent_key_file: join(folder, 'agent.key'),
      http: { port: 0 },
      proxies: [{ name: 'api', port: 0, upstream: origin, integration: 'billing', scope: PREDICT }],
    }),
  })
  return { arrived, proxyUrl: agent.proxies[0]?.address ?? '', httpUrl: agent.httpUrl ?? '', key: agent.agentKey }
}

/** Sends the bytes unchanged, except that `HOST` is replaced by the agent's host and `KEY` by its key. */
async function answerTo(url: string, key: string, request: readonly string[]) {
  const connection = await RawConnection.open(url)
  onTestFinished(() => {
    connection.destroy()
  })
  connection.write(request.join('\r\n').replaceAll('HOST', new URL(url).host).replaceAll('KEY', key))
  return connection.answer()
}

const AMBIGUOUS = [
  [
    'two Host headers',
    ['GET / HTTP/1.1', 'Host: HOST', 'Host: elsewhere.example', 'Authorization: Bearer KEY', '', ''],
  ],
  ['one Host header twice', ['GET / HTTP/1.1', 'Host: HOST', 'host: HOST', 'Authorization: Bearer KEY', '', '']],
  [
    'a Host header behind 2,000 others',
    ['GET / HTTP/1.1', 'Host: HOST', 'Authorization: Bearer KEY', ...Array<string>(2000).fill('a:'), 'Host: b', '', ''],
  ],
  [
    'a body that is compressed for the way',
    ['POST / HTTP/1.1', 'Host: HOST', 'Authorization: Bearer KEY', 'Transfer-Encoding: gzip, chunked', '', '0', '', ''],
  ],
  [
    'two Transfer-Encoding headers',
    [
      ...['POST / HTTP/1.1', 'Host: HOST', 'Authorization: Bearer KEY'],
      ...['Transfer-Encoding: gzip', 'Transfer-Encoding: chunked', '', '0', '', ''],
    ],
  ],
  [
    'chunks in HTTP/1.0',
    ['POST / HTTP/1.0', 'Host: HOST', 'Authorization: Bearer KEY', 'Transfer-Encoding: chunked', '', '0', '', ''],
  ],
] as const

describe.each(['proxyUrl', 'httpUrl'] as const)('at %s', (where) => {
  test.each(AMBIGUOUS)('%s: the agent answers 400 and closes the connection', async (_, request) => {
    const made = await setting()
    const answer = await answerTo(made[where], made.key, request)
    expect([answer.status, jsonOf(answer)['error']]).toEqual([400, 'invalid_request'])
    expect(headerOf(answer, 'connection')).toBe('close')
    expect(made.arrived).toEqual([])
  })

  test('two Authorization headers are refused, whichever comes first', async () => {
    const made = await setting()
    for (const values of [
      ['Bearer KEY', 'Bearer x'],
      ['Bearer x', 'Bearer KEY'],
      ['Bearer KEY', 'Bearer KEY'],
    ]) {
      const headers = values.map((value) => `Authorization: ${value}`)
      const answer = await answerTo(made[where], made.key, ['GET / HTTP/1.1', 'Host: HOST', ...headers, '', ''])
      expect(answer.status).toBe(401)
    }
    expect(made.arrived).toEqual([])
  })
})

test('TRACE does not reach the upstream, which would answer with the token', async () => {
  const made = await setting()
  const request = ['TRACE / HTTP/1.1', 'Host: HOST', 'Authorization: Bearer KEY', '', '']
  const answer = await answerTo(made.proxyUrl, made.key, request)
  expect([answer.status, jsonOf(answer)['error']]).toEqual([405, 'method_not_allowed'])
  expect(headerOf(answer, 'allow')).toContain('GET')
  expect(made.arrived).toEqual([])
})

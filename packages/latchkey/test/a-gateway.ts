// A real gateway in this process, in front of an upstream that the test provides.
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { readGatewayConfig } from '../src/config/read-gateway-config.ts'
import { type Gateway, startGateway } from '../src/gateway/gateway.ts'
import { listen } from '../src/server/listen.ts'
import type { TestIntegration, TestServer } from './a-server.ts'

export interface TestGateway extends Gateway {
  readonly upstream: string
  /** All log lines up to now, one object per line. */
  log(): readonly Record<string, unknown>[]
}

export interface TestGatewayOptions {
  readonly server: TestServer
  /** The gateway's own integration, which has the resource-server right. */
  readonly reader: TestIntegration
  readonly upstream: string
  /** Settings for the gateway's file, in addition to those of every test gateway. */
  readonly file?: string
  /** Variables with which the gateway authenticates, instead of its secret. */
  readonly proof?: Readonly<Record<string, string>>
}

/** Starts a gateway and waits until it is ready. The caller stops it. */
export async function startTestGateway({
  server,
  reader,
  upstream,
  file = '',
  proof = { LATCHKEY_CLIENT_SECRET: reader.clientSecret.reveal() },
}: TestGatewayOptions): Promise<TestGateway> {
  const text = `
issuer: ${server.issuer}
upstream: ${upstream}
status: { port: 0 }
${file.includes('listen:') ? '' : 'listen: { port: 0 }'}
${file}`
  const env = { LATCHKEY_CLIENT_ID: reader.clientId, ...proof }
  const read = readGatewayConfig({ text, name: 'gateway.yaml', env })
  if (!read.ok) throw new Error(JSON.stringify(read.refusal))
  const lines: string[] = []
  const logger = pino({ base: null, formatters: { level: (level) => ({ level }) } }, linesInto(lines))
  const gateway = await startGateway(read.value, {
    logger,
    accessLog: (entry) => void lines.push(JSON.stringify({ level: 'info', ...entry })),
  })
  await gateway.ready()
  return { ...gateway, upstream, log: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

/** Starts an upstream, and stops it when the running test ends. Returns its URL. */
export async function aGateway(desired: TestGatewayOptions): Promise<TestGateway> {
  const gateway = await startTestGateway(desired)
  onTestFinished(() => gateway.stop())
  return gateway
}

const linesInto = (lines: string[]): Writable =>
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(...String(chunk).trim().split('\n'))
      done()
    },
  })

export interface TestUpstream {
  readonly url: string
  stop(): void
}

/** Starts an upstream whose handler the test gives. The caller stops it. */
export async function startUpstream(answer: RequestListener): Promise<TestUpstream> {
  const server = createServer(answer)
  return { url: await originOf(server), stop: () => stopNow(server) }
}

/** Starts an upstream for the running test, and stops it after the test. */
export async function anUpstream(answer: RequestListener): Promise<string> {
  const upstream = await startUpstream(answer)
  onTestFinished(() => {
    upstream.stop()
  })
  return upstream.url
}

const originOf = async (server: Server): Promise<string> =>
  `http://127.0.0.1:${String(await listen(server, { host: '127.0.0.1', port: 0, setting: 'none' }))}`

function stopNow(server: Server): void {
  server.closeAllConnections()
  server.close()
}

/** A request as the upstream received it. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly rawNames: readonly string[]
  readonly body: string
}

/** Answers each request with the received request as JSON. */
export const echo: RequestListener = (request, response) => {
  const answer = (body: string): void => {
    const { method = '', url = '', headers, rawHeaders } = request
    const rawNames = rawHeaders.filter((_, index) => index % 2 === 0)
    const text = JSON.stringify({ method, url, headers, rawNames, body })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    response.end(request.method === 'HEAD' ? '' : text)
  }
  // A request whose client disconnected gets no answer.
  bodyOf(request).then(answer, () => undefined)
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

// A request has the same effect, in whatever pieces its bytes arrive.
import { createServer, type IncomingMessage } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { limitListener } from '../../src/connections/limit-listener.ts'
import { listen } from '../../src/server/listen.ts'
import { RawConnection } from '../raw-http.ts'
import { someCounts } from '../some-counts.ts'

/** Answers each request with the method, target and body of the request, some with a delay. */
async function anEcho(): Promise<string> {
  const server = createServer()
  const echo = async (request: IncomingMessage): Promise<string> => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    if (request.url?.endsWith('3') === true) await setImmediate()
    return `${request.method ?? ''} ${request.url ?? ''} ${String(body.length)} ${body.slice(0, 20)}`
  }
  const begin = limitListener(server, {
    counts: someCounts(),
    work: (request, response) => {
      echo(request).then(
        (text) => response.setHeader('content-length', text.length).end(text),
        () => response.destroy(),
      )
    },
    answerError: (_error, socket) => {
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    },
  })
  server.on('request', begin)
  const port = await listen(server, { host: '127.0.0.1', port: 0, setting: 'none' })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${String(port)}`
}

const LONG = `x\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n${'y'.repeat(70_000)}`

/** The bytes to send, and the expected answers. */
const EXCHANGES: readonly (readonly [bytes: string, echo: string])[] = Array.from({ length: 60 }, (_, i) => {
  const target = `/${String(i)}`
  const head = `${target} HTTP/1.1\r\nHost: a\r\n`
  const body = i % 12 === 5 ? LONG : `body\r\n\r\n${String(i)}`
  const echo = `${String(body.length)} ${body.slice(0, 20)}`
  const size = body.length.toString(16)
  if (i % 3 === 0) return [`GET ${head}\r\n`, `GET ${target} 0 `]
  if (i % 3 === 1)
    return [`PUT ${head}Transfer-Encoding: chunked\r\n\r\n${size}\r\n${body}\r\n0\r\n\r\n`, `PUT ${target} ${echo}`]
  return [`POST ${head}Content-Length: ${String(body.length)}\r\n\r\n${body}`, `POST ${target} ${echo}`]
})

test.each([1, 7, 18, 1000, 2048, 4096, 65_536, 10_000_000])(
  'requests in pieces of at most %s bytes are answered like whole requests',
  async (most) => {
    const connection = await RawConnection.open(await anEcho())
    const sent = most < 1000 ? EXCHANGES.filter(([bytes]) => bytes.length < 1000) : EXCHANGES
    const bytes = Buffer.from(sent.map(([each]) => each).join(''))
    const answers: string[] = []
    const reading = (async () => {
      while (answers.length < sent.length) answers.push((await connection.answer()).body)
    })()
    // Waits one turn of the event loop between two pieces, so that the server reads some of them separately.
    for (let at = 0; at < bytes.length; at += most) {
      connection.write(bytes.subarray(at, at + most))
      await setImmediate()
    }
    await reading
    expect(answers).toEqual(sent.map(([, echo]) => echo))
    connection.destroy()
  },
)

test('empty lines between requests are skipped', async () => {
  const connection = await RawConnection.open(await anEcho())
  const get = 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\n'
  connection.write(`\r\n\r\n\r\n\r\n${get}${'\r\n'.repeat(20_000)}${get}`)
  for (const echo of ['GET /1 0 ', 'GET /1 0 ']) expect((await connection.answer()).body).toBe(echo)
  connection.destroy()
})

test.each(['HTTP/2.0', 'HTTP/0.9', 'HTTP/3.0'])('the parser refuses %s in a request line', async (version) => {
  const connection = await RawConnection.open(await anEcho())
  connection.write(
    `GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 ${version}\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n`,
  )
  expect((await connection.answer()).status).toBe(200)
  expect((await connection.answer()).status).toBe(400)
  await connection.closed
})

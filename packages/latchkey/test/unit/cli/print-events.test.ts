// The lines of latchkey watch, from a stand-in server whose streams the test ends.
import { expect, test } from 'vitest'
import { processTerminal, type Terminal } from '../../../src/cli/terminal.ts'
import { printEvents } from '../../../src/cli/watch/print-events.ts'
import { standIn } from './stand-in.ts'

test('when the server ends a stream, the command opens it again at the event after the last printed one', async () => {
  const stop = new AbortController()
  const resumedAt: (string | undefined)[] = []
  const url = await standIn((request, response) => {
    const seen = request.headers['last-event-id']
    resumedAt.push(typeof seen === 'string' ? seen : undefined)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const number = resumedAt.length
    response.end(`id: e-${String(number)}\nevent: issuance\ndata: {"number":${String(number)}}\n\n`)
  })
  const printed: string[] = []
  const terminal: Terminal = {
    ...processTerminal({ LATCHKEY_ADMIN_URL: url, LATCHKEY_ADMIN_KEY: 'lka_key' }),
    data: (text) => {
      printed.push(text)
      if (printed.length === 2) stop.abort()
    },
  }
  await printEvents(terminal, stop.signal)
  expect(printed).toEqual(['{"event":"issuance","data":{"number":1}}', '{"event":"issuance","data":{"number":2}}'])
  expect(resumedAt).toEqual([undefined, 'e-1'])
})

test('text from the server stays within its line', async () => {
  const stop = new AbortController()
  const url = await standIn((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('event: change\ndata: {"name":"a\u2028b\u009b2J"}\n\n')
  })
  const printed: string[] = []
  await printEvents(
    {
      ...processTerminal({ LATCHKEY_ADMIN_URL: url, LATCHKEY_ADMIN_KEY: 'lka_key' }),
      data: (text) => {
        printed.push(text)
        stop.abort()
      },
    },
    stop.signal,
  )
  expect(printed).toEqual([String.raw`{"event":"change","data":{"name":"a\u2028b\u009b2J"}}`])
})

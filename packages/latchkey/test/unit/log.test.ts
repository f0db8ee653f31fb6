// The log as bytes on standard error.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exitOf, textOf } from '../run-latchkey.ts'

const LOG = join(import.meta.dirname, '../../src/log.ts')

/** A process that makes a logger and runs the code `what` with it. */
function logging(settings: { readonly level: string; readonly format: string }, what: string) {
  const code = `const { createLogger } = await import(${JSON.stringify(LOG)})
const logger = createLogger(${JSON.stringify(settings)})
${what}`
  return spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
}

async function linesOf(format: 'json' | 'pretty', what: string): Promise<readonly string[]> {
  const text = await textOf(logging({ level: 'info', format }, what).stderr)
  return text.split('\n').filter((line) => line !== '')
}

test('a line is one JSON object with the time, the level as a word, the event and the message', async () => {
  const [line = ''] = await linesOf('json', `logger.info({ event: 'token.issued', client_id: 'lk1' }, 'token issued')`)
  const { time, ...rest } = JSON.parse(line) as { time: string }
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  expect(rest).toEqual({ level: 'info', event: 'token.issued', client_id: 'lk1', msg: 'token issued' })
})

test('a line of the access log looks like any other line, and leaves out undefined values', async () => {
  const entry = `{ event: 'request', reason: undefined, status: 200, msg: 'a "b"\\nc' }`
  const [line = '', ...others] = await linesOf(
    'json',
    `
    const { createAccessLog } = await import(${JSON.stringify(LOG)})
    createAccessLog({ level: 'info', format: 'json' })(${entry})
    createAccessLog({ level: 'warn', format: 'json' })(${entry})`,
  )
  expect(others).toEqual([])
  const { time, ...rest } = JSON.parse(line) as { time: string }
  expect(new Date(time).toISOString()).toBe(time)
  expect(rest).toEqual({ level: 'info', event: 'request', status: 200, msg: 'a "b"\nc' })
})

describe('lines of the access log', () => {
  const access = `const { createAccessLog } = await import(${JSON.stringify(LOG)})
const access = createAccessLog({ level: 'info', format: 'json' })
const nextTurn = () => new Promise(setImmediate)
`
  const numbersOf = async (what: string) =>
    (await linesOf('json', `${access}${what}`)).map((line) => (JSON.parse(line) as { n: number }).n)

  test('are gathered, and are written some milliseconds later if no other line follows', async () => {
    const numbers = await numbersOf(`
let writes = 0
const write = process.stderr.write.bind(process.stderr)
process.stderr.write = (text) => (writes++, write(text))
for (let n = 1; n <= 200; n++) {
  access({ n })
  await nextTurn()
}
process.on('exit', () => write(JSON.stringify({ n: writes }) + '\\n'))`)
    expect(numbers.slice(0, -1)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
    expect(numbers.at(-1)).toBeLessThan(100)
  })

  test('stay in order with all other lines', async () => {
    expect(
      await numbersOf(`
for (const n of [1, 3, 5]) {
  access({ n })
  await nextTurn()
  logger.info({ n: n + 1 })
  await nextTurn()
}`),
    ).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('are written at the exit, even if it comes at once', async () => {
    expect(await numbersOf(`access({ n: 1 }); await nextTurn(); access({ n: 2 }); process.exit(0)`)).toEqual([1, 2])
  })
})

test('lines below the level are not written', async () => {
  expect(await linesOf('json', `logger.debug('quiet'); logger.warn('loud')`)).toHaveLength(1)
})

describe.each(['json', 'pretty'] as const)('in the format %s', (format) => {
  test('values that may be secret are left out, at the top and one level below', async () => {
    const planted = `{ client_secret: 'planted-1', token: 'planted-2', headers: { authorization: 'planted-3', cookie: 'planted-4' } }`
    const [line = ''] = await linesOf(format, `logger.info(${planted}, 'request')`)
    expect(line).toContain('request')
    expect(line).toContain('[secret]')
    expect(line).not.toContain('planted')
  })

  test('a line break in a value does not begin a line', async () => {
    expect(await linesOf(format, `logger.info({ reason: 'a\\nb' }, 'said')`)).toHaveLength(1)
  })

  test('a character that controls a terminal or is invisible is written as its code', async () => {
    const hidden = ['1b', '7f', '9b', 'ad', '61c', '200b', '202e', '2028', '2066', 'feff', 'e0041']
    const text = hidden.map((code) => `\\u{${code}}`).join('')
    const [line = ''] = await linesOf(format, `logger.info({ reason: '${text}' }, 'said')`)
    expect(line).toContain('\\u202e')
    for (const code of hidden) expect(line).not.toContain(String.fromCodePoint(Number.parseInt(code, 16)))
  })

  test('the last lines before the exit are written', async () => {
    const lines = await linesOf(format, `for (let i = 1; i <= 500; i++) logger.info('line ' + i); process.exit(0)`)
    expect(lines).toHaveLength(500)
    expect(lines.at(-1)).toContain('line 500')
  })
})

describe('a reader of the log that is too slow', () => {
  // 20 MB are more than any pipe and the backlog can keep.
  const flood = `
const text = 'x'.repeat(1000)
for (let i = 0; i < 20000; i++) {
  logger.info(text)
  if (i % 100 === 0) await new Promise(setImmediate)
}`

  test('delays neither the work nor the exit', async () => {
    const child = logging({ level: 'info', format: 'json' }, `${flood}\nprocess.exit(7)`)
    expect(await exitOf(child)).toBe(7)
  })

  test('gets the number of lines that it missed', async () => {
    const child = logging(
      { level: 'info', format: 'json' },
      `${flood}
process.send('flooded')
process.once('message', async () => {
  while (process.stderr.writableLength > 0) await new Promise(setImmediate)
  logger.info('the next line')
  process.disconnect()
})`,
    )
    await new Promise((resolve) => child.once('message', resolve))
    const text = textOf(child.stderr)
    child.send('read')
    const lines = (await text).trimEnd().split('\n')
    const notes = lines.filter((line) => line.includes('"log.dropped"'))
    expect(notes).toHaveLength(1)
    const { dropped } = JSON.parse(notes[0] ?? '') as { dropped: number }
    expect(lines.at(-1)).toContain('the next line')
    expect(lines.length - 2 + dropped).toBe(20_000)
  })
})

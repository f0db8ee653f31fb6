// docs/mock.md: the lines for a CI job run unchanged, and the mock accepts and returns every member and body that the
// page shows.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aMock } from '../a-mock.ts'
import { aTemporaryFolder } from '../real-server.ts'
import { readPage, ROOT } from './page.ts'
import { aShell } from './shell.ts'

const page = readPage('docs/mock.md')

test('the lines for a CI job start a mock, pass its credentials to the tests and stop it', async () => {
  const folder = aTemporaryFolder()
  const programs = join(folder, 'bin')
  mkdirSync(programs)
  const program = (name: string, script: string): void => {
    writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(programs, name), 0o755)
  }
  program('latchkey', `exec '${process.execPath}' '${join(ROOT, 'packages/latchkey/bin/latchkey.js')}' "$@"`)
  // A program that stands for the tests of a user's program.
  program('npm', 'echo "$1 $CLIENT_ID"')
  const shell = aShell({ cwd: folder, env: { PATH: `${programs}:${process.env['PATH'] ?? ''}` } })
  const [lines = ''] = page.section('In a CI job', 'sh')
  const { status, stdout } = await shell.run(`${lines}\nwait "$MOCK"`)
  expect(status).toBe(0)
  const reported = JSON.parse(readFileSync(join(folder, 'mock.json'), 'utf8')) as Record<string, string>
  expect(stdout).toBe(`test ${reported['client_id'] ?? ''}\n`)
  for (const member of Object.keys(reported)) expect(page.text).toContain(`\`${member}\``)
})

test("the examples of the page's commands have the effects that the page describes", async () => {
  const { reported } = await aMock()
  const send = async (path: string, body: string): Promise<readonly [status: number, members: readonly string[]]> => {
    const response = await fetch(`${reported.admin_url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${reported.admin_key}`, 'content-type': 'application/json' },
      body: body.replace('lk…', reported.client_id),
    })
    return [response.status, Object.keys((await response.json()) as object)]
  }
  const shown = (route: string): object => JSON.parse(page.section(route, 'json')[0] ?? '') as object
  const state = Object.keys(shown('GET /admin/v1/mock'))
  const moves = [...page.text.matchAll(/^\| `(\{"(?:advance|step)_seconds".*?\})`/gm)]
  expect(moves).toHaveLength(2)
  for (const [, body = ''] of moves) {
    expect(await send('/admin/v1/mock/clock', body)).toEqual([200, state])
  }
  const taken = shown('POST /admin/v1/mock/supersede')
  const [, desired = ''] = /^`(\{"integration".*?\})`/m.exec(page.text) ?? []
  expect(await send('/admin/v1/mock/supersede', desired)).toEqual([201, Object.keys(taken)])
  const [wanted = '', signed = ''] = page.section('POST /admin/v1/mock/assertions', 'json')
  expect(await send('/admin/v1/mock/assertions', wanted)).toEqual([201, Object.keys(JSON.parse(signed) as object)])
  const fault = JSON.stringify(shown('POST /admin/v1/mock/faults'))
  expect(await send('/admin/v1/mock/faults', fault)).toEqual([200, state])
})

// The examples for programs that get their tokens from the agent, copied out of the repository.
import { existsSync, globSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { newToken } from '../guard/guarded-server.ts'
import { PREDICT } from '../integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from '../real-server.ts'
import { copyExample, integrationOf } from './example-folder.ts'

/**
 * Follows the README of an example. `programs` is put first on the PATH. Returns a function that supersedes the agent's
 * token, runs a command and checks its output.
 */
async function followsTheAgent(
  server: RealServer,
  name: string,
  programs: string,
): Promise<(command: string, output: string) => Promise<void>> {
  const example = copyExample(name, server)
  const [create = '', agent = '', run = '', ...others] = example.commands
  expect(others).toEqual([])
  const [id, secret] = await integrationOf(example, create)
  example.edit('agent.yaml', [
    ['CLIENT_ID', id],
    ['http://127.0.0.1:8080', server.publicUrl],
  ])
  writeFileSync(join(example.path, 'billing.secret'), secret)
  await example.start(agent, /Latchkey agent is ready/)

  const [install = '', start = '', ...more] = run.replaceAll('http://127.0.0.1:8080', server.publicUrl).split('\n')
  expect(more).toEqual([])
  expect(await example.terminal.run(`PATH='${programs}':"$PATH"`)).toMatchObject({ status: 0 })
  expect(await example.terminal.run(install)).toMatchObject({ status: 0 })
  const [shown] = example.readme.blocks.filter(({ language }) => language === 'text')
  const output = `${shown?.text ?? ''}\n`
  expect(await example.terminal.run(start)).toEqual({ status: 0, stdout: output, stderr: '' })

  const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  const verify = async (token: string): Promise<string> => {
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(`${server.issuer}/v1/verify?scope=${PREDICT}`, { headers })
    return `${response.status} ${response.headers.get('latchkey-reason') ?? ''}`
  }
  const recovers = async (command: string, expected: string): Promise<void> => {
    const taken = await newToken(server.issuer, { basic })
    expect(await verify(taken)).toBe('200 ')
    // The agent still has the superseded token. The API refuses it, so the program reports it to the agent and gets the
    // live token.
    expect(await example.terminal.run(command)).toEqual({ status: 0, stdout: expected, stderr: '' })
    expect(await verify(taken)).toBe('401 superseded')
  }
  await recovers(start, output)
  return recovers
}

const ONLY_HTTPX = `import httpx, os, with_httpx
auth = with_httpx.LatchkeyAuth('${PREDICT}')
print(httpx.post(os.environ['API'], auth=auth, content=iter([b'body'])).status_code)`

test.skipIf(!has('python3-httpx'))(
  'examples/python-agent calls an API with requests and httpx, and recovers after its token was superseded',
  async () => {
    const server = await startRealServer()
    const recovers = await followsTheAgent(server, 'python-agent', '/usr/bin')
    // The program main.py above already showed the recovery with the library requests.
    const api = `${server.issuer}/v1/verify?scope=${PREDICT}`
    await recovers(`API='${api}' .venv/bin/python -c "${ONLY_HTTPX}"`, '200\n')
  },
)

test.skipIf(!has('gccgo'))('examples/go-agent calls an API, and recovers after its token was superseded', async () => {
  const programs = aTemporaryFolder()
  // On Debian the command of gccgo has the compiler's version in its name.
  const [go = ''] = globSync('/usr/bin/go-[0-9]*')
  if (existsSync(go)) symlinkSync(go, join(programs, 'go'))
  await followsTheAgent(await startRealServer(), 'go-agent', programs)
})

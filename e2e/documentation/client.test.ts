// docs/client.md: its programs run on Node, in a shell and in Python, and print the output that the page shows below
// each program.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'
import { createIntegration } from '../integrations.ts'
import { aTemporaryFolder, startRealServer } from '../real-server.ts'
import { readPage, ROOT } from './page.ts'
import { aShell } from './shell.ts'

const page = readPage('docs/client.md')
const PROGRAM = join(ROOT, 'packages/latchkey/bin/latchkey.js')

async function setting() {
  const server = await startRealServer()
  const { clientId, clientSecret } = await createIntegration(server)
  const folder = aTemporaryFolder()
  const env = {
    CLIENT_ID: clientId,
    CLIENT_SECRET: clientSecret.reveal(),
    TOKEN_FOLDER: join(folder, 'tokens'),
    ISSUER: server.issuer,
    API: `${server.issuer}/v1/verify?scope=machinelearning.predict`,
  }
  return { server, folder, env }
}

async function outputOf(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(child, 'close')
  return Buffer.concat(chunks).toString()
}

/** Returns the block that follows the block with `mark`. */
const shownBelow = (mark: string): string => {
  const at = page.blocks.findIndex(({ text }) => text.includes(mark))
  return page.blocks[at + 1]?.text ?? ''
}

describe('the programs for Node', () => {
  test.each(['Node', 'Requests that you send yourself', 'Many processes on one host'])('%s', async (section) => {
    const { env } = await setting()
    const [program = ''] = page.section(section, 'js')
    expect(await outputOf(process.execPath, ['--input-type=module', '--eval', program], env)).toBe(
      `${shownBelow(program)}\n`,
    )
  })
})

/** Returns the output of the agent up to now. */
let said = ''

/** Starts an agent with the configuration on the page. Only the server and the folder are changed. */
async function anAgent({
  server,
  folder,
  env,
}: Awaited<ReturnType<typeof setting>>): Promise<{ socket: string; port: number }> {
  const socket = join(folder, 'run/agent.sock')
  const [port, secretFile] = [await freePort(), join(folder, 'billing.secret')]
  mkdirSync(join(folder, 'keys'), { mode: 0o700 })
  writeFileSync(secretFile, `${env.CLIENT_SECRET}\n`, { mode: 0o600 })
  const [first = ''] = page.section('The agent', 'yaml')
  const [second = ''] = page.section('A proxy that adds the token', 'yaml')
  const text = `${first}\n${second}`
    .replace('http://127.0.0.1:8080', server.publicUrl)
    .replace('CLIENT_ID', env.CLIENT_ID)
    .replace('/etc/latchkey/billing.secret', secretFile)
    .replace('/run/latchkey-agent/agent.sock', socket)
    .replace('/etc/latchkey/agent.key', join(folder, 'keys/agent.key'))
    .replace('8091', String(port))
    .replace('https://api.example.com', server.publicUrl)
  writeFileSync(join(folder, 'agent.yaml'), text)
  const agent = spawn(process.execPath, [PROGRAM, 'agent', '--config', 'agent.yaml'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  said = ''
  for (const stream of [agent.stdout, agent.stderr]) stream.on('data', (chunk: Buffer) => (said += String(chunk)))
  const exited = once(agent, 'exit')
  onTestFinished(async () => {
    agent.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  })
  await eventually(() => said.includes('Latchkey agent is ready.'), {
    within: 60_000,
    what: `the agent is ready: ${said}`,
  })
  expect(said).not.toContain(env.CLIENT_SECRET)
  return { socket, port }
}

describe('the agent', () => {
  test.skipIf(!has('curl'))('answers curl, and its proxy adds the token', async () => {
    const made = await setting()
    const { socket, port } = await anAgent(made)
    const shell = aShell({ cwd: made.folder, env: made.env })
    const [first = '', second = ''] = page.section('The agent', 'sh')
    const { stdout } = await shell.run(first.replace('/run/latchkey-agent/agent.sock', socket))
    const shown = JSON.parse(shownBelow(first)) as object
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(Object.keys(shown))
    expect((await shell.run(second)).stdout).toBe(`${shownBelow(second)}\n`)
    const { pathname, search } = new URL(made.env.API)
    const url = `http://127.0.0.1:${String(port)}${pathname}${search}`
    const proxied = await shell.run(
      `curl --silent --output /dev/null --write-out '%{http_code}' --header "Authorization: Bearer $(cat keys/agent.key)" '${url}'`,
    )
    expect(proxied.stdout).toBe('200')
    const { access_token: token } = JSON.parse(stdout) as { access_token: string }
    expect(said).toContain('token.issued')
    expect(said).not.toContain(token.slice(-40))
  })

  test.skipIf(!has('python3'))('answers Python', async () => {
    const made = await setting()
    const { socket } = await anAgent(made)
    const [program = ''] = page.section('The agent', 'python')
    expect(await outputOf('python3', ['-c', program], { ...made.env, SOCKET: socket })).toBe(`${shownBelow(program)}\n`)
  })
})

test.skipIf(!has('curl'))('the variables on the page are a valid shell script', async () => {
  const { folder, env, server } = await setting()
  const [block = ''] = page.section(page.headings[0] ?? '', 'sh')
  const { stdout } = await aShell({ cwd: folder }).run(
    `${block.replaceAll('http://127.0.0.1:8080', server.publicUrl)}\necho $API`,
  )
  expect(stdout).toBe(`${env.API}\n`)
})

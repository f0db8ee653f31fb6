// npm run demo: the demo succeeds and leaves no process behind. If it cannot start, it says why.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const MAIN = join(import.meta.dirname, '../../examples/demo/main.ts')

async function runDemo(temporary: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN], { env: { TMPDIR: temporary }, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
}

test('the demo shows a token of four APIs from its issuance to its end, and a job of the integration, and cleans up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-e2e-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const { code, stdout, stderr } = await runDemo(folder)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.match(/401 superseded/g)).toHaveLength(4)
  expect(stdout).toContain('403 insufficient_scope')
  expect(stdout).toMatch(/GET \/ai\/async-prediction\/\{predictionId\} +200 RETRIEVED/)
  expect(readdirSync(folder)).toEqual([])
})

test('a demo that cannot start says why and ends with exit code 1', async () => {
  const { code, stderr } = await runDemo('/nowhere')
  expect(code).toBe(1)
  expect(stderr).toContain('/nowhere')
})

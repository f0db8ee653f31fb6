// A reader's terminal: one POSIX shell that runs one block after another and keeps its variables between them.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'

export interface Output {
  /** The exit code of the block's last command. */
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export interface Shell {
  /** Runs a block. Rejects if the block does not end in time, or is not a shell script. */
  run(block: string): Promise<Output>
}

export interface ShellOptions {
  readonly cwd: string
  /** Variables to add to those of this process. The `LATCHKEY_…` variables of this process are left out. */
  readonly env?: Readonly<Record<string, string>>
}

const LONGEST_BLOCK_MS = 60_000

/** Starts a shell, which ends with the running test. */
export function aShell({ cwd, env = {} }: ShellOptions): Shell {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('LATCHKEY_') && name !== 'PORT')
  // The shell has its own process group, so that all processes that the blocks start end with the shell.
  const sh = spawn('sh', [], { cwd, env: { ...Object.fromEntries(inherited), ...env }, detached: true })
  const end = () => {
    if (sh.pid === undefined || sh.exitCode !== null || sh.signalCode !== null) return
    process.kill(-sh.pid, 'SIGKILL')
  }
  onTestFinished(end)
  // If the shell has ended, the error of `run` is more helpful than the error of a broken pipe.
  sh.stdin.on('error', () => undefined)
  const written = { stdout: '', stderr: '' }
  let onOutput = (): void => undefined
  for (const name of ['stdout', 'stderr'] as const) {
    sh[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
      onOutput()
    })
  }

  return {
    run: (block) =>
      new Promise((resolve, reject) => {
        const mark = randomUUID()
        const deadline = setTimeout(() => {
          end()
          reject(new Error(`not done after ${LONGEST_BLOCK_MS} ms:\n${block}\n${written.stdout}\n${written.stderr}`))
        }, LONGEST_BLOCK_MS)
        sh.once('close', () => {
          clearTimeout(deadline)
          reject(new Error(`the shell ended:\n${block}\n${written.stderr}`))
        })
        onOutput = () => {
          const out = written.stdout.split(`${mark} `)
          const err = written.stderr.split(`${mark}\n`)
          if (!out[1]?.endsWith('\n') || err.length < 2) return
          clearTimeout(deadline)
          sh.removeAllListeners('close')
          written.stdout = ''
          written.stderr = ''
          resolve({ status: Number(out[1]), stdout: out[0] ?? '', stderr: err[0] ?? '' })
        }
        sh.stdin.write(`${block}\n{ printf '%s %d\\n' '${mark}' "$?"; printf '%s\\n' '${mark}' >&2; }\n`)
      }),
  }
}

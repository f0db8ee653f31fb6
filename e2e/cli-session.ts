// Runs commands against one server, one after another, and keeps their output so that a test can check it at the end.
import { promptly } from './eventually.ts'
import type { RealServer } from './real-server.ts'
import { startCli } from './run-cli.ts'

export interface Ran {
  readonly command: string
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Given {
  readonly stdin?: string
  /** Variables for the command, in addition to the data folder of the server. */
  readonly env?: Readonly<Record<string, string>>
}

export class CliSession {
  readonly #server: Pick<RealServer, 'dataDir'>
  readonly #ran: Ran[] = []

  constructor(server: Pick<RealServer, 'dataDir'>) {
    this.#server = server
  }

  /** Runs a command that may fail. `command` is split at its spaces. */
  async run(command: string, { stdin = '', env = {} }: Given = {}): Promise<Ran> {
    const cli = startCli(command.split(' '), { LATCHKEY_DATA_DIR: this.#server.dataDir, ...env }, stdin)
    const { code } = await promptly(cli.exited, { within: 60_000, what: `latchkey ${command} ends` })
    const ran = { command, code, stdout: cli.stdout(), stderr: cli.stderr() }
    this.#ran.push(ran)
    return ran
  }

  /** Runs a command and returns its standard output. Throws if the exit code is not 0. */
  async ok(command: string, given?: Given): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, given)
    if (code !== 0) throw new Error(`latchkey ${command} ended with ${String(code)}: ${stdout}${stderr}`)
    return stdout
  }

  /** Runs a command with --json and returns the document that it prints. Throws if the exit code is not 0. */
  async json<Document>(command: string, given?: Given): Promise<Document> {
    return JSON.parse(await this.ok(`${command} --json`, given)) as Document
  }

  /** Every command that was run so far, with its output. */
  get ran(): readonly Ran[] {
    return this.#ran
  }

  /** The commands whose output contains the text. */
  commandsThatPrinted(text: string): readonly string[] {
    return this.#ran
      .filter(({ stdout, stderr }) => stdout.includes(text) || stderr.includes(text))
      .map(({ command }) => command)
  }
}

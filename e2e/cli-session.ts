// Commands against one server, one after another. Their output is kept for a check at the end.
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
  /** Beside the data folder of the server. */
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

  /** Returns its standard output. Throws if it does not end with 0. */
  async ok(command: string, given?: Given): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, given)
    if (code !== 0) throw new Error(`latchkey ${command} ended with ${String(code)}: ${stdout}${stderr}`)
    return stdout
  }

  /** Returns the document that it prints with --json. Throws if it does not end with 0. */
  async json<Document>(command: string, given?: Given): Promise<Document> {
    return JSON.parse(await this.ok(`${command} --json`, given)) as Document
  }

  /** Everything that was run so far. */
  get ran(): readonly Ran[] {
    return this.#ran
  }

  /** The commands that printed the text. */
  commandsThatPrinted(text: string): readonly string[] {
    return this.#ran
      .filter(({ stdout, stderr }) => stdout.includes(text) || stderr.includes(text))
      .map(({ command }) => command)
  }
}

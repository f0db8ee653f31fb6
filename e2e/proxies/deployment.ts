// A server, a proxy in front of an API, and an integration that calls through it.
import { freePort } from '../free-port.ts'
import { Connection } from '../connection.ts'
import { createIntegration, type Integration } from '../integrations.ts'
import { type RealServer, startServerOfSuite } from '../real-server.ts'
import { type Answer, askThrough, type Question } from './ask-through.ts'
import type { Door, Places } from './proxy-process.ts'
import { type Received, type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'

export interface Outcome {
  readonly answer: Answer
  /** The requests that the API received because of this request. */
  readonly received: readonly Received[]
}

export class Deployment {
  readonly server: RealServer
  readonly integration: Integration
  readonly #client: Connection
  readonly #upstream: RecordingUpstream
  readonly #door: Door

  private constructor(server: RealServer, integration: Integration, upstream: RecordingUpstream, door: Door) {
    this.server = server
    this.integration = integration
    this.#client = new Connection(server)
    this.#upstream = upstream
    this.#door = door
  }

  static async start(open: (places: Places, server: RealServer) => Promise<Door>): Promise<Deployment> {
    const server = await startServerOfSuite({ env: { LATCHKEY_TRUSTED_PROXIES: '127.0.0.1' } })
    const integration = await createIntegration(server)
    const upstream = await startRecordingUpstream()
    const latchkey = Number(new URL(server.publicUrl).port)
    const door = await open({ listen: await freePort(), latchkey, api: upstream.port }, server)
    return new Deployment(server, integration, upstream, door)
  }

  /** The origin of the proxy. */
  get url(): string {
    return this.#door.url
  }

  newToken(scope: string): Promise<string> {
    return this.#client.token(this.integration, scope)
  }

  async ask(question: Question): Promise<Outcome> {
    this.#upstream.takeReceived()
    const answer = await askThrough(this.#door.url, question)
    return { answer, received: this.#upstream.takeReceived() }
  }

  async stop(): Promise<void> {
    this.#client.close()
    await Promise.all([this.#door.stop(), this.#upstream.stop(), this.server.stop()])
  }
}

// Answers the first requests until the routes exist. The routes depend on the ports that the listeners are bound to.
import { type Route, STARTING } from '../http/public/routes.ts'
import type { VerifyTokenPorts } from '../operations/verify-token.ts'
import { StoreUnavailable } from '../ports/store.ts'

/** The parts of the server that depend on the ports of the listeners. */
export interface Service {
  readonly adminUrl: string
  readonly issuer: string
  readonly tokens: Pick<VerifyTokenPorts, 'slots' | 'signatures'>
  /** The routes of the public listener. */
  readonly route: (path: string) => Route
}

export class ServiceGate {
  #service: Service | undefined

  open(service: Service): void {
    this.#service = service
  }

  get isOpen(): boolean {
    return this.#service !== undefined
  }

  /** Returns the parts that depend on the ports. Throws `StoreUnavailable` before `open` was called. */
  get service(): Service {
    if (this.#service === undefined) throw new StoreUnavailable('the server is starting')
    return this.#service
  }

  /** Returns the route of a path. Before `open` was called, the route is `STARTING` for every path. */
  route(path: string): Route {
    return this.#service === undefined ? STARTING : this.#service.route(path)
  }
}

// Measures the durations of requests by route, method and status. The counts are in arrays, so that a request allocates
// no memory.
import type { RouteMeter } from '../ports/activity.ts'
import type { Clock } from '../ports/clock.ts'
import { Histogram } from './histogram.ts'

// Histogram bounds in seconds: those that OpenTelemetry recommends for HTTP, and two smaller bounds because this server
// answers fast.
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

export interface RequestSeries {
  readonly route: string
  readonly method: string
  readonly status: number
  readonly seconds: Histogram
}

/**
 * Called for each request that was answered with status 200, with its duration in milliseconds and the time of its end
 * on the monotonic clock.
 */
export type OnSuccess = (milliseconds: number, moment: number) => void

export class RequestMeters {
  readonly #clock: Clock
  readonly #routes: Meter[] = []
  active = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  route(template: string, onSuccess?: OnSuccess): RouteMeter {
    const meter = new Meter(this, { clock: this.#clock, route: template, onSuccess })
    this.#routes.push(meter)
    return meter
  }

  series(): readonly RequestSeries[] {
    return this.#routes.flatMap(({ series }) => series)
  }
}

interface MeterParts {
  readonly clock: Clock
  readonly route: string
  readonly onSuccess: OnSuccess | undefined
}

class Meter implements RouteMeter {
  readonly series: RequestSeries[] = []
  readonly #meters: RequestMeters
  readonly #clock: Clock
  readonly #route: string
  readonly #onSuccess: OnSuccess | undefined

  constructor(meters: RequestMeters, { clock, route, onSuccess }: MeterParts) {
    this.#meters = meters
    this.#clock = clock
    this.#route = route
    this.#onSuccess = onSuccess
  }

  begun(): number {
    this.#meters.active++
    return this.#clock.monotonic()
  }

  answered(begunAt: number, method: string, status: number): void {
    this.#meters.active--
    const now = this.#clock.monotonic()
    const milliseconds = now - begunAt
    this.#seriesOf(method, status).seconds.observe(milliseconds / 1000)
    if (status === 200) this.#onSuccess?.(milliseconds, now)
  }

  #seriesOf(requested: string, status: number): RequestSeries {
    const method = METHODS.includes(requested) ? requested : OTHER
    for (const series of this.series) if (series.status === status && series.method === method) return series
    const made = { route: this.#route, method, status, seconds: new Histogram(BOUNDS) }
    this.series.push(made)
    return made
  }
}

// The only methods that appear as labels, because a caller could invent any number of methods.
const METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const OTHER = '_OTHER'

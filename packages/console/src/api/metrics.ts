// The server's metrics that the console shows, read from the Prometheus text, which has no JSON form.
import type { Percentiles } from 'latchkey/admin-api'
import { ProblemError } from './problem.ts'

export interface ServerMetrics {
  readonly liveTokens: number
  readonly contendedSlots: number
  readonly isStoreUp: boolean
  readonly commits: number
  /** Undefined before the first commit. */
  readonly commitMs: Percentiles | undefined
  readonly signingKeyAgeSeconds: number | undefined
}

interface Sample {
  readonly name: string
  readonly labels: string
  readonly value: number
}

const LINE = /^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const COMMITS = 'db_client_operation_duration_seconds'

export async function readMetrics(signal: AbortSignal): Promise<ServerMetrics> {
  const response = await fetch('/metrics', {
    // Tells the server that the page sends this request by itself, so that it does not keep the session alive.
    headers: { 'x-latchkey-background': '1' },
    signal,
    credentials: 'same-origin',
    cache: 'no-store',
  })
  if (!response.ok) throw new ProblemError(response.status, { code: 'metrics_unavailable' })
  return metricsOf(await response.text())
}

export function metricsOf(text: string): ServerMetrics {
  const samples = text.split('\n').flatMap((line): Sample[] => {
    const [, name, labels = '', value] = LINE.exec(line) ?? []
    return name === undefined ? [] : [{ name, labels, value: Number(value) }]
  })
  const one = (name: string): number | undefined => samples.find((sample) => sample.name === name)?.value
  const buckets = samples
    .filter(({ name }) => name === `${COMMITS}_bucket`)
    .map(({ labels, value }) => ({ upTo: bound(labels), count: value }))
  return {
    liveTokens: one('latchkey_live_tokens') ?? 0,
    contendedSlots: one('latchkey_contended_slots') ?? 0,
    isStoreUp: one('latchkey_store_up') === 1,
    commits: one(`${COMMITS}_count`) ?? 0,
    commitMs: percentilesOf(buckets),
    signingKeyAgeSeconds: one('latchkey_signing_key_age_seconds'),
  }
}

interface Bucket {
  /** In seconds. */
  readonly upTo: number
  /** The number of observations up to this bound. */
  readonly count: number
}

function bound(labels: string): number {
  const text = /(?:^|,)le="([^"]*)"/.exec(labels)?.[1]
  return text === '+Inf' ? Infinity : Number(text)
}

function percentilesOf(buckets: readonly Bucket[]): Percentiles | undefined {
  const total = buckets.find(({ upTo }) => upTo === Infinity)?.count ?? 0
  if (total === 0) return undefined
  // Returns the upper bound of the bucket, so that the value is never too low.
  const at = (share: number): number => (buckets.find(({ count }) => count >= share * total)?.upTo ?? Infinity) * 1000
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

// What an operator should know about the secrets of an integration before they end.
import type { IntegrationSecret } from 'latchkey/admin-api'
import { relative } from '../../components/times.ts'
import { t } from '../../strings.ts'

const SOON_MS = 14 * 86_400_000

export interface SecretWarnings {
  /** Older secrets that end by themselves: a rotation is in progress. */
  readonly ending: readonly IntegrationSecret[]
  /** Milliseconds until the newest secret ends. Undefined if it does not end within two weeks. */
  readonly newestEndsInMs: number | undefined
}

/** The secrets are in the order of the admin API: the newest comes last. */
export function secretWarnings(secrets: readonly IntegrationSecret[], now: number): SecretWarnings {
  const working = secrets.filter(
    ({ status, ends_at: end }) => status !== 'ended' && (end === null || Date.parse(end) > now),
  )
  const [newest, ...older] = working.toReversed()
  const left = typeof newest?.ends_at === 'string' ? Date.parse(newest.ends_at) - now : undefined
  return {
    ending: older.filter(({ status }) => status === 'ending'),
    newestEndsInMs: left !== undefined && left < SOON_MS ? left : undefined,
  }
}

/** Returns a sentence about the last recorded use of a secret. */
export const lastUseOf = ({ last_used: used }: Pick<IntegrationSecret, 'last_used'>, now: number): string =>
  used === null ? t.detail.banner.oldUnused : t.detail.banner.oldUsed(relative(used.at, now), used.address)

// Converts between rows and trusted issuers.
import type { IssuerKeys, Platform, TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { Row, Write } from './disk.ts'
import { number, text } from './rows.ts'

/** The JSON in the column `detail`. */
interface IssuerDetail {
  readonly platform: Platform
  readonly keys: IssuerKeys
  readonly audience: string | null
  readonly algorithms: readonly string[]
  readonly tls_ca: string | null
  readonly stale_seconds: number
  readonly enabled: boolean
}

export function trustedIssuerPut(issuer: TrustedIssuer): Write {
  const { id, name, url, platform, keys, audience, algorithms, tlsCa, staleSeconds, enabled } = issuer
  const detail: IssuerDetail = {
    ...{ platform, keys, audience: audience ?? null, algorithms, enabled },
    ...{ tls_ca: tlsCa ?? null, stale_seconds: staleSeconds },
  }
  const { version, createdAt, updatedAt } = issuer
  return ['put_trusted_issuer', id, name, url, JSON.stringify(detail), version, createdAt, updatedAt]
}

export function readTrustedIssuer(row: Row): TrustedIssuer {
  const {
    audience,
    tls_ca: tlsCa,
    stale_seconds: staleSeconds,
    ...detail
  } = JSON.parse(text(row, 'detail')) as IssuerDetail
  return {
    ...{ id: text(row, 'id'), name: text(row, 'name'), url: text(row, 'url') },
    ...{ ...detail, audience: audience ?? undefined, tlsCa: tlsCa ?? undefined, staleSeconds },
    ...{ version: number(row, 'version'), createdAt: number(row, 'created_at'), updatedAt: number(row, 'updated_at') },
  }
}

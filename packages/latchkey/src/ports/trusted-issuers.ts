// The port for trusted issuers. They are in memory, and change through the commit queue.
import type { Result } from '@latchkey/protocol'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type {
  ChangedIssuer,
  IssuerChange,
  IssuerInUse,
  IssuerTaken,
  UnknownIssuer,
} from '../domain/trusted-issuer-change.ts'
import type { TrustedIssuer } from '../domain/trusted-issuer.ts'

export interface TrustedIssuers {
  /** Returns the issuers in this process's memory, the oldest first. With several servers they may be old. */
  all(): readonly TrustedIssuer[]
  /** Makes memory at least as new as this call. Undefined if it is so already. Rejects with `StoreUnavailable`. */
  refreshed(): Promise<void> | undefined
  /** Returns the client IDs whose rules name exactly this subject of the issuer. With several servers it may be old. */
  clientsNaming(issuerId: string, subject: string): readonly string[]
  /** Returns the client IDs with a rule of the issuer that has not ended. With several servers it may be old. */
  clientsTrusting(issuerId: string): readonly string[]
  create(issuer: TrustedIssuer, audit: AuditRecord): Promise<Result<void, LimitReached | IssuerTaken>>
  change(
    change: IssuerChange,
    audit: (changed: ChangedIssuer) => AuditRecord,
  ): Promise<Result<ChangedIssuer, UnknownIssuer | VersionConflict | IssuerTaken>>
  remove(
    order: Pick<IssuerChange, 'id' | 'version'>,
    audit: AuditRecord,
  ): Promise<Result<void, UnknownIssuer | VersionConflict | IssuerInUse>>
}

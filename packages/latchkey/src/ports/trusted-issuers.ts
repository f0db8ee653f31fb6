// The port for trusted issuers. All issuers are in memory and change through the commit queue.
import type { Result } from '@latchkey/protocol'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { IssuerUse } from '../domain/issuer-use.ts'
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
  /**
   * Returns the issuers in the memory of this process, the oldest first. With several servers on the store, the list
   * may be out of date.
   */
  all(): readonly TrustedIssuer[]
  /**
   * Resolves when the issuers in memory contain all changes before this call. Returns undefined if the memory is
   * certainly up to date. Rejects with `StoreUnavailable`.
   */
  refreshed(): Promise<void> | undefined
  /**
   * Returns the client IDs with a trust rule that names exactly this subject of the issuer. With several servers on the
   * store, the list may be out of date.
   */
  clientsNaming(issuerId: string, subject: string): readonly string[]
  /**
   * Returns how often each issuer is used, by the id of the issuer. An unused issuer has no entry. With several servers
   * on the store, the numbers may be out of date.
   */
  uses(): ReadonlyMap<string, readonly IssuerUse[]>
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

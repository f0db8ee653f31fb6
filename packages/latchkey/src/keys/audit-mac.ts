// The MAC of the audit chain. An attacker without the master key can neither change an event nor repair the chain.
import { createHmac } from 'node:crypto'
import type { AuditMac } from '../ports/audit-trail.ts'
import type { DerivedKeys } from './derived-keys.ts'

export const createAuditMac =
  ({ auditMac }: Pick<DerivedKeys, 'auditMac'>): AuditMac =>
  (text) =>
    createHmac('sha256', auditMac).update(text).digest()

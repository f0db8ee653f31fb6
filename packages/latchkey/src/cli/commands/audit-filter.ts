// The options that pick events of the audit trail.
import type { Command } from 'commander'
import type { AuditQuery } from '../../http/contract/admin-api.ts'
import { timeAgo } from '../durations.ts'

export type AuditFilter = Pick<AuditQuery, 'event' | 'actor' | 'target' | 'since' | 'until'>

export const withAuditFilter = (command: Command): Command =>
  command
    .option('--event <event>', 'only such events, for example integration.disabled')
    .option('--actor <id>', 'only what this one did: the id of an admin key')
    .option('--target <id>', 'only what was done to this one: an id, or the name of a scope')
    .option('--since <when>', 'from then on: a time, or how long ago, such as 24h', timeAgo)
    .option('--until <when>', 'before then: a time, or how long ago', timeAgo)

// The options that select events of the audit trail.
import type { Command } from 'commander'
import type { AuditQuery } from '../../http/contract/admin-api.ts'
import { AUDIT_EVENTS } from '../../http/contract/closed-lists.ts'
import { oneOf, oneOfMany } from '../command.ts'
import { timeAgo } from '../durations.ts'

export type AuditFilter = Pick<AuditQuery, 'event' | 'kind' | 'actor' | 'target' | 'since' | 'until'>

export const withAuditFilter = (command: Command): Command =>
  command
    .addOption(oneOfMany('--event <event>', 'only events of this name', AUDIT_EVENTS))
    .addOption(oneOf('--kind <kind>', 'only changes, or only refusals', ['changes', 'refusals']))
    .option('--actor <id>', 'only events by this actor: the id of an admin key or an operator, or system')
    .option('--target <id>', 'only events about this target: an id, or the name of a scope')
    .option('--since <when>', 'only events since this time: a time, or how long ago, such as 24h', timeAgo)
    .option('--until <when>', 'only events before this time: a time, or how long ago', timeAgo)

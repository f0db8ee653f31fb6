// The closed lists of the admin API as values. The command line offers them as choices.
export { ATTENTION_KINDS } from '../../domain/attention.ts'
export { AUDIT_EVENTS } from '../../domain/audit-event.ts'

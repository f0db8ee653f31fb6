// Closed lists of the admin API as values, for the choices that the command line offers.
export { ATTENTION_KINDS } from '../../domain/attention.ts'
export { AUDIT_EVENTS } from '../../domain/audit-event.ts'
export { PRIVATE_MEMBERS } from '../../domain/private-members.ts'

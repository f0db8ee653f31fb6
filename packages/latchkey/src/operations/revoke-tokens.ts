// Ends live tokens of an integration at the request of an operator: the token of one scope, or all tokens.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor, JsonObject } from '../domain/audit-event.ts'
import { type IntegrationState, slotOf } from '../domain/integration.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { Clock } from '../ports/clock.ts'
import type { UnknownIntegration } from '../ports/integrations.ts'
import { changeIntegration, type ChangeIntegrationPorts } from './change-integration.ts'
import { findIntegration } from './find-integration.ts'
import type { UnknownSlot } from './list-tokens.ts'

export interface RevokeTokensPorts extends ChangeIntegrationPorts {
  readonly clock: Clock
}

/** Returns the number of ended tokens. The integration may request new tokens at once. Throws `StoreUnavailable`. */
export async function revokeTokens(
  ports: RevokeTokensPorts,
  by: Actor,
  { id, which }: { readonly id: string; readonly which: { readonly scope: string } | 'all' },
): Promise<Result<number, UnknownIntegration | UnknownSlot>> {
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  const { state } = found.value
  const slots = which === 'all' ? state.slots : [slotOf(state, which.scope)].filter((slot) => slot !== undefined)
  if (which !== 'all' && slots.length === 0) return refuse({ reason: 'unknown_slot' })
  const scopes = slots.map(({ scope }) => scope)
  const changed = await changeIntegration(ports, by, {
    found: found.value,
    version: undefined,
    event: 'tokens.revoked',
    changes: [{ kind: 'revoke_tokens', scopes }],
    remark: endedScopes,
  })
  if (changed.ok) {
    const now = ports.clock.now()
    return accept(liveTokens(changed.value.before, scopes, now) - liveTokens(changed.value.after, scopes, now))
  }
  if (changed.refusal.reason === 'unknown_integration') return refuse({ reason: 'unknown_integration' })
  throw new Error(`a revocation was refused: ${changed.refusal.reason}`)
}

const endedScopes = (before: IntegrationState, after: IntegrationState): JsonObject => ({
  revoked_scopes: before.slots.filter((slot, index) => slot !== after.slots[index]).map(({ scope }) => scope),
})

const liveTokens = ({ slots }: IntegrationState, scopes: readonly string[], now: EpochSeconds): number =>
  slots.filter(({ scope, live }) => scopes.includes(scope) && live !== undefined && now < live.expiresAt).length

// What a person can do to scopes, APIs, signing keys, admin keys, operators and live tokens.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ask, segment } from './client.ts'
import type { Role, Scope } from './models.ts'
import type { AdminKey, Api, OperatorLink, OperatorRecord, SigningKey } from './platform-models.ts'

/** What no act of these changes. */
const CONSTANT: ReadonlySet<unknown> = new Set(['session', 'server', 'version', 'source', 'configuration'])

function useAct<Given, Answer>(act: (given: Given) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSettled: () => void client.invalidateQueries({ predicate: ({ queryKey: [subject] }) => !CONSTANT.has(subject) }),
  })
}

export interface ScopeWish {
  readonly description: string
  /** Null for the one of the server. */
  readonly audience: string | null
}

export const useCreateScope = () =>
  useAct((wish: ScopeWish & { readonly name: string }) => ask<Scope>('/scopes', { method: 'POST', body: wish }))

export const useChangeScope = () =>
  useAct(({ name, version, wish }: { name: string; version: number; wish: Partial<ScopeWish> }) =>
    ask<Scope & { ended_tokens: number }>(`/scopes/${segment(name)}`, { method: 'PATCH', body: wish, version }),
  )

export const useDeleteScope = () =>
  useAct(({ name, version, force }: { name: string; version: number; force: 'true' | 'false' }) =>
    ask<undefined>(`/scopes/${segment(name)}?force=${force}`, { method: 'DELETE', version }),
  )

export type ApiWish = Omit<Api, 'id' | 'version'>

export const useCreateApi = () => useAct((wish: ApiWish) => ask<Api>('/apis', { method: 'POST', body: wish }))

export const useChangeApi = () =>
  useAct(({ id, version, wish }: { id: string; version: number; wish: Partial<ApiWish> }) =>
    ask<Api>(`/apis/${segment(id)}`, { method: 'PATCH', body: wish, version }),
  )

export const useDeleteApi = () =>
  useAct(({ id, version }: Pick<Api, 'id' | 'version'>) =>
    ask<undefined>(`/apis/${segment(id)}`, { method: 'DELETE', version }),
  )

export const useRotateKey = () => useAct(() => ask<SigningKey>('/keys/rotate', { method: 'POST' }))

export const useRevokeKey = () =>
  useAct((kid: string) =>
    ask<SigningKey & { revoked_tokens: number; signing_kid: string }>(`/keys/${segment(kid)}/revoke`, {
      method: 'POST',
    }),
  )

export interface AdminKeyWish {
  readonly name: string
  readonly role: Role
  readonly expires_at?: string
}

export const useCreateAdminKey = () =>
  useAct((wish: AdminKeyWish) => ask<AdminKey & { admin_key: string }>('/admin-keys', { method: 'POST', body: wish }))

export const useRevokeAdminKey = () =>
  useAct((id: string) => ask<undefined>(`/admin-keys/${segment(id)}`, { method: 'DELETE' }))

export const useInvite = () =>
  useAct((wish: { readonly email: string; readonly role: Role }) =>
    ask<OperatorLink>('/operators', { method: 'POST', body: wish }),
  )

export const useChangeOperator = () =>
  useAct(
    ({ id, version, wish }: { id: string; version: number; wish: { role: Role; status?: 'active' | 'disabled' } }) =>
      ask<OperatorRecord>(`/operators/${segment(id)}`, { method: 'PATCH', body: wish, version }),
  )

export const useResetOperator = () =>
  useAct((id: string) => ask<OperatorLink>(`/operators/${segment(id)}/reset`, { method: 'POST' }))

export const useRemoveOperator = () =>
  useAct(({ id, version }: Pick<OperatorRecord, 'id' | 'version'>) =>
    ask<undefined>(`/operators/${segment(id)}`, { method: 'DELETE', version }),
  )

export const useEndSession = () =>
  useAct(({ operator, session }: { readonly operator: string; readonly session: string }) =>
    ask<undefined>(`/operators/${segment(operator)}/sessions/${segment(session)}`, { method: 'DELETE' }),
  )

export interface SlotName {
  readonly client_id: string
  readonly scope: string
}

/** One after the other; a refusal ends the row, and the list then shows what is live still. */
export const useRevokeTokens = () =>
  useAct(async (slots: readonly SlotName[]) => {
    let revoked = 0
    for (const { client_id: clientId, scope } of slots) {
      const path = `/integrations/${segment(clientId)}/tokens/${segment(scope)}`
      revoked += (await ask<{ revoked: number }>(path, { method: 'DELETE' })).revoked
    }
    return revoked
  })

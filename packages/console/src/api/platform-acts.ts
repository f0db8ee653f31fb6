// The actions of an operator on scopes, APIs, signing keys, admin keys, operators and live tokens.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type {
  Api,
  ApiPatch,
  ChangedScope,
  CreatedAdminKey,
  IssuerPatch,
  KeyState,
  LinkedOperator,
  NewAdminKey,
  NewApi,
  NewIssuer,
  NewOperator,
  NewScope,
  Operator,
  OperatorPatch,
  RevokedSigningKey,
  RevokedTokens,
  Scope,
  ScopeDeletionQuery,
  ScopePatch,
  SigningKey,
  Slot,
  TrustedIssuer,
} from 'latchkey/admin-api'
import { ask, segment } from './client.ts'

/** The queries whose results none of these actions changes. */
const CONSTANT: ReadonlySet<unknown> = new Set(['session', 'server', 'version', 'source', 'configuration'])

function useAct<Given, Answer>(act: (given: Given) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSettled: () => void client.invalidateQueries({ predicate: ({ queryKey: [subject] }) => !CONSTANT.has(subject) }),
  })
}

export const useCreateScope = () =>
  useAct((desired: NewScope) => ask<Scope, NewScope>('/scopes', { method: 'POST', body: desired }))

export const useChangeScope = () =>
  useAct(({ name, version, desired }: { name: string; version: number; desired: ScopePatch }) =>
    ask<ChangedScope, ScopePatch>(`/scopes/${segment(name)}`, { method: 'PATCH', body: desired, version }),
  )

export const useDeleteScope = () =>
  useAct(({ name, version, force }: { name: string; version: number } & Required<ScopeDeletionQuery>) =>
    ask<undefined>(`/scopes/${segment(name)}?${new URLSearchParams({ force })}`, { method: 'DELETE', version }),
  )

export const useCreateApi = () =>
  useAct((desired: NewApi) => ask<Api, NewApi>('/apis', { method: 'POST', body: desired }))

export const useChangeApi = () =>
  useAct(({ id, version, desired }: { id: string; version: number; desired: ApiPatch }) =>
    ask<Api, ApiPatch>(`/apis/${segment(id)}`, { method: 'PATCH', body: desired, version }),
  )

export const useDeleteApi = () =>
  useAct(({ id, version }: Pick<Api, 'id' | 'version'>) =>
    ask<undefined>(`/apis/${segment(id)}`, { method: 'DELETE', version }),
  )

export const useCreateIssuer = () =>
  useAct((desired: NewIssuer) => ask<TrustedIssuer, NewIssuer>('/issuers', { method: 'POST', body: desired }))

export const useChangeIssuer = () =>
  useAct(({ id, version, desired }: { id: string; version: number; desired: IssuerPatch }) =>
    ask<TrustedIssuer, IssuerPatch>(`/issuers/${segment(id)}`, { method: 'PATCH', body: desired, version }),
  )

export const useDeleteIssuer = () =>
  useAct(({ id, version }: Pick<TrustedIssuer, 'id' | 'version'>) =>
    ask<undefined>(`/issuers/${segment(id)}`, { method: 'DELETE', version }),
  )

/** Makes the replica that receives the request fetch the keys of the issuer. */
export const useFetchKeys = () =>
  useAct((id: string) => ask<KeyState>(`/issuers/${segment(id)}/refresh`, { method: 'POST' }))

export const useRotateKey = () => useAct(() => ask<SigningKey>('/keys/rotate', { method: 'POST' }))

export const useRevokeKey = () =>
  useAct((kid: string) =>
    ask<RevokedSigningKey>(`/keys/${segment(kid)}/revoke`, {
      method: 'POST',
    }),
  )

export const useCreateAdminKey = () =>
  useAct((desired: NewAdminKey) => ask<CreatedAdminKey, NewAdminKey>('/admin-keys', { method: 'POST', body: desired }))

export const useRevokeAdminKey = () =>
  useAct((id: string) => ask<undefined>(`/admin-keys/${segment(id)}`, { method: 'DELETE' }))

export const useInvite = () =>
  useAct((desired: NewOperator) => ask<LinkedOperator, NewOperator>('/operators', { method: 'POST', body: desired }))

export const useChangeOperator = () =>
  useAct(({ id, version, desired }: { id: string; version: number; desired: OperatorPatch }) =>
    ask<Operator, OperatorPatch>(`/operators/${segment(id)}`, { method: 'PATCH', body: desired, version }),
  )

export const useResetOperator = () =>
  useAct((id: string) => ask<LinkedOperator>(`/operators/${segment(id)}/reset`, { method: 'POST' }))

export const useRemoveOperator = () =>
  useAct(({ id, version }: Pick<Operator, 'id' | 'version'>) =>
    ask<undefined>(`/operators/${segment(id)}`, { method: 'DELETE', version }),
  )

export const useEndSession = () =>
  useAct(({ operator, session }: { readonly operator: string; readonly session: string }) =>
    ask<undefined>(`/operators/${segment(operator)}/sessions/${segment(session)}`, { method: 'DELETE' }),
  )

export type SlotName = Pick<Slot, 'client_id' | 'scope'>

/**
 * Revokes tokens one after the other. Stops at a refusal, and the list then shows the tokens that are still live.
 */
export const useRevokeTokens = () =>
  useAct(async (slots: readonly SlotName[]) => {
    let revoked = 0
    for (const { client_id: clientId, scope } of slots) {
      const path = `/integrations/${segment(clientId)}/tokens/${segment(scope)}`
      revoked += (await ask<RevokedTokens>(path, { method: 'DELETE' })).revoked
    }
    return revoked
  })

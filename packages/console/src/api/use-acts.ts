// The actions of an operator on an integration, each with the queries to refresh after it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type {
  CreatedIntegration,
  Credential,
  KeyCredential,
  CredentialEnd,
  Integration,
  IntegrationPatch,
  IntegrationSecret,
  NewIntegration,
  NewKey,
  NewRule,
  RevealedSecret,
  RevokedTokens,
  RotatedSecret,
  SecretRotation,
  TrialRequest,
  TrialToken,
  TrustRule,
  TrustTest,
  TrustVerdict,
  Verification,
  VerificationRequest,
} from 'latchkey/admin-api'
import { ask, segment } from './client.ts'

const AFFECTED = ['integrations', 'integration', 'secrets', 'credentials', 'scopes', 'audit', 'traffic']

function useAct<Given, Answer>(act: (given: Given) => Promise<Answer>, options: { readonly gcTime?: number } = {}) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    ...options,
    onSettled: () => {
      for (const key of AFFECTED) void client.invalidateQueries({ queryKey: [key] })
    },
  })
}

const at = (id: string, rest = ''): string => `/integrations/${segment(id)}${rest}`

export const useCreate = () =>
  useAct(({ key, desired }: { key: string; desired: NewIntegration }) =>
    ask<CreatedIntegration, NewIntegration>('/integrations', { method: 'POST', body: desired, idempotencyKey: key }),
  )

export const useChange = ({ id, version }: Pick<Integration, 'id' | 'version'>) =>
  useAct((change: IntegrationPatch) =>
    ask<Integration, IntegrationPatch>(at(id), { method: 'PATCH', body: change, version }),
  )

/** Changes the tags. Sends the version, so that no tag of another operator is lost. */
export const useRetag = () =>
  useAct(({ id, version, tags }: Pick<Integration, 'id' | 'version' | 'tags'>) =>
    ask<Integration, IntegrationPatch>(at(id), { method: 'PATCH', body: { tags }, version }),
  )

export const useSetStatus = () =>
  useAct(({ id, status }: Pick<Integration, 'id' | 'status'>) =>
    ask<Integration>(at(id, status === 'disabled' ? '/disable' : '/enable'), { method: 'POST' }),
  )

/** Deletes the integration. Sends the version, so that no operator deletes a state that they have not seen. */
export const useDelete = ({ id, version }: Pick<Integration, 'id' | 'version'>) =>
  useAct(() => ask<undefined>(at(id), { method: 'DELETE', version }))

export const useRotate = (id: string) =>
  useAct((rotation: SecretRotation) =>
    ask<RotatedSecret, SecretRotation>(at(id, '/rotate-secret'), { method: 'POST', body: rotation }),
  )

export const useAddKey = (id: string) =>
  useAct(({ key, desired }: { readonly key: string; readonly desired: NewKey }) =>
    ask<KeyCredential, NewKey>(at(id, '/credentials'), { method: 'POST', body: desired, idempotencyKey: key }),
  )

export const useAddRule = (id: string) =>
  useAct(({ key, desired }: { readonly key: string; readonly desired: NewRule }) =>
    ask<TrustRule, NewRule>(at(id, '/credentials'), { method: 'POST', body: desired, idempotencyKey: key }),
  )

export interface EndedCredential {
  readonly kind: 'secret' | 'key' | 'jwks_uri' | 'trust'
  readonly credential: string
  readonly end: CredentialEnd
}

/** Ends a credential. Sends the version, so that two operators at the same time cannot end the last two credentials. */
export const useEndCredential = ({ id, version }: Pick<Integration, 'id' | 'version'>) =>
  useAct(({ kind, credential, end }: EndedCredential): Promise<IntegrationSecret | Credential> =>
    kind === 'secret'
      ? ask<IntegrationSecret>(at(id, `/secrets/${segment(credential)}/end`), { method: 'POST', version })
      : ask<Credential, CredentialEnd>(at(id, `/credentials/${segment(credential)}/end`), {
          ...{ method: 'POST', body: end, version },
        }),
  )

export const useReveal = (id: string) =>
  useAct(
    async (secretId: string) =>
      (await ask<RevealedSecret>(at(id, `/secrets/${segment(secretId)}/reveal`), { method: 'POST' })).client_secret,
  )

export const useRevokeToken = (id: string) =>
  useAct((scope: string) => ask<RevokedTokens>(at(id, `/tokens/${segment(scope)}`), { method: 'DELETE' }))

export const useRevokeAll = () => useAct((id: string) => ask<RevokedTokens>(at(id, '/tokens'), { method: 'DELETE' }))

/**
 * The secret or the assertion with which the operator requests a token as the client. Empty for the newest secret that
 * the server keeps.
 */
export type TrialProof = { readonly secret?: string } | { readonly assertion: string }

/** The secret or the assertion leaves the memory when its page closes. */
export const useRequestToken = (id: string) =>
  useAct(
    ({ scope, proof }: { readonly scope: string; readonly proof: TrialProof }) =>
      ask<TrialToken, TrialRequest>(at(id, `/tokens/${segment(scope)}`), { method: 'POST', ...bodyOf(proof) }),
    { gcTime: 0 },
  )

function bodyOf(proof: TrialProof): { readonly body?: TrialRequest } {
  if ('assertion' in proof) return { body: { client_assertion: proof.assertion } }
  return proof.secret === undefined ? {} : { body: { client_secret: proof.secret } }
}

/** Sends a token to the verify endpoint, which changes nothing. */
export const useVerify = () =>
  useMutation({
    mutationFn: (requested: VerificationRequest) =>
      ask<Verification, VerificationRequest>('/tokens/verify', { method: 'POST', body: requested }),
  })

/** Tests an assertion, which changes nothing. The page forgets the assertion when the dialog closes. */
export const useTestTrust = () =>
  useMutation({
    mutationFn: (requested: TrustTest) =>
      ask<TrustVerdict, TrustTest>('/trust/test', { method: 'POST', body: requested }),
    gcTime: 0,
  })

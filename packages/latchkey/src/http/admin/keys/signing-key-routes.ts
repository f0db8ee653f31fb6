// /admin/v1/keys: lists, rotates and revokes signing keys. No answer has a private key.
import { Type } from 'typebox'
import { SIGNING_ALGORITHMS } from '../../../domain/signing-key.ts'
import { type ListedSigningKey, listSigningKeys } from '../../../operations/list-signing-keys.ts'
import { revokeSigningKey, type RevokeSigningKeyPorts } from '../../../operations/revoke-signing-key.ts'
import { rotateSigningKey, type RotateSigningKeyPorts } from '../../../operations/rotate-signing-key.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { NoBody } from '../conventions/bodies.ts'
import { listOf } from '../conventions/paging.ts'
import { Time, TimeOrNull, timeOrNull, timeView } from '../conventions/times.ts'
import { notFound, type Problem, sendProblem } from '../problems/problem.ts'

export type SigningKeyRoutesPorts = RotateSigningKeyPorts & RevokeSigningKeyPorts

const KEYS = '/admin/v1/keys'
const tags = ['Signing keys']

export const KeyView = Type.Object({
  kid: Type.String({ description: 'The RFC 7638 thumbprint, as in the header of the tokens' }),
  alg: Type.Enum([...SIGNING_ALGORITHMS]),
  status: Type.Enum(['next', 'signing', 'retired', 'revoked']),
  created_at: Time,
  signs_from: Type.String({ description: 'RFC 3339, UTC: the time at which the key begins to sign' }),
  retired_at: Type.Union([Type.String(), Type.Null()], {
    description: 'RFC 3339, UTC: the time at which the key stopped signing',
  }),
  revoked_at: TimeOrNull,
  accepted_until: Type.Union([Type.String(), Type.Null()], {
    description:
      'RFC 3339, UTC: the expiry of the last token that the key signed. The key is removed then. null unless retired',
  }),
})

export const RevokedKeyView = Type.Object({
  ...KeyView.properties,
  revoked_tokens: Type.Integer({ description: 'The number of live tokens that ended' }),
  signing_kid: Type.String({ description: 'The key that signs now' }),
})

const KeyParameters = Type.Object({ kid: Type.String({ maxLength: 128 }) })

export function addSigningKeyRoutes(app: AdminServer, ports: SigningKeyRoutesPorts): void {
  app.get(
    KEYS,
    {
      schema: {
        summary: 'Lists the signing keys, the oldest first',
        tags,
        response: { 200: listOf(KeyView) },
      },
    },
    async (_request, reply) => reply.send({ items: (await listSigningKeys(ports)).map(keyView) }),
  )

  app.post(
    `${KEYS}/rotate`,
    {
      schema: {
        summary: 'Publishes a new signing key. It begins to sign when verifiers have had time to fetch it',
        description:
          'The key is in the JWKS at once. It signs from "signs_from" on, which is two times LATCHKEY_JWKS_MAX_AGE later. The previous key is then retired, and is removed when the last token that it signed has expired. No further step is needed.',
        tags,
        body: NoBody,
        response: { 201: KeyView },
        problems: ['rotation_in_progress'],
      },
    },
    async (request, reply) => {
      const rotated = await rotateSigningKey(ports, actorOf(request))
      return rotated.ok ? reply.code(201).send(keyView(rotated.value)) : sendProblem(reply, ROTATION_IN_PROGRESS)
    },
  )

  app.post(
    `${KEYS}/:kid/revoke`,
    {
      schema: {
        summary: 'Revokes a signing key in an emergency. The server refuses every token of the key at once',
        description:
          'Revoke a key that may have leaked. If the revoked key was the signing key, another key signs from the same moment. Verifiers that check only signatures accept the tokens of the revoked key until they fetch the JWKS again.',
        tags,
        params: KeyParameters,
        body: NoBody,
        response: { 200: RevokedKeyView },
        problems: ['unknown_signing_key'],
      },
    },
    async (request, reply) => {
      const revoked = await revokeSigningKey(ports, actorOf(request), request.params.kid)
      if (!revoked.ok) return sendProblem(reply, NO_SUCH_KEY)
      const { key, endedTokens, signingKid } = revoked.value
      return reply.send({ ...keyView(key), revoked_tokens: endedTokens, signing_kid: signingKid })
    },
  )
}

const keyView = (key: ListedSigningKey): Type.Static<typeof KeyView> => ({
  kid: key.kid,
  alg: key.alg,
  status: key.status,
  created_at: timeView(key.createdAt),
  signs_from: timeView(key.signsFrom),
  retired_at: timeOrNull(key.retiredAt ?? undefined),
  revoked_at: timeOrNull(key.revokedAt ?? undefined),
  accepted_until: key.status === 'retired' ? timeOrNull(key.acceptedUntil ?? undefined) : null,
})

const ROTATION_IN_PROGRESS: Problem = {
  code: 'rotation_in_progress',
  detail: 'The next key is already published. The list of keys shows when it begins to sign.',
}

const NO_SUCH_KEY = notFound('unknown_signing_key', 'No signing key has this id. List the keys to see their ids.')

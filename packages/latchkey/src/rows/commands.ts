// The database commands, each with its name and its values in order. Each storage engine has an SQL statement for every
// name. Times are seconds since the epoch. 0 and 1 stand for false and true.
import type { IntegrationOrder } from '../ports/integrations.ts'

/** The columns of an integration on which decisions about token requests depend. */
export type DecisiveValues = readonly [
  enabled: number,
  version: number,
  resourceServerFor: string,
  renewBefore: number | null,
  grace: number,
  conditional: number,
  allowedAddresses: string,
]

type UseValues = readonly [at: number, address: string, userAgent: string]

/** The columns of a token in a slot. All values are null if the slot does not have this token. */
export type TokenValues =
  | readonly [generation: number, jti: string, issuedAt: number, expiresAt: number, audience: string]
  | readonly [generation: null, jti: null, issuedAt: null, expiresAt: null, audience: null]

export type SlotValues = readonly [
  granted: number,
  open: number,
  generation: number,
  issuances: number,
  revokedGeneration: number,
  supersededGeneration: number,
  ...live: TokenValues,
  ...predecessor: TokenValues,
  predecessorUntil: number | null,
  id: number,
]

/** The values of the commands that change rows. */
export interface WriteValues {
  insert_integration: [
    ...[id: string, clientId: string, name: string, nameFolded: string, description: string, tags: string],
    ...decisive: DecisiveValues,
    ...[createdAt: number, updatedAt: number],
  ]
  update_integration: [...decisive: DecisiveValues, updatedAt: number, clientId: string]
  update_profile: [name: string, nameFolded: string, description: string, tags: string, clientId: string]
  note_integration_use: [...use: UseValues, clientId: string]
  note_secret_use: [...use: UseValues, id: string]
  /** `detail` is JSON, which `credential-rows.ts` describes. */
  insert_credential: [
    ...[id: string, clientId: string, kind: string, detail: string, endsAt: number | null, createdAt: number],
  ]
  update_credential: [endsAt: number | null, detail: string, id: string]
  delete_credential: [id: string]
  delete_credentials: [clientId: string]
  note_credential_use: [...use: UseValues, id: string]
  /** Does nothing if the client already has a replay window (the record of its used assertions). */
  insert_replay_window: [clientId: string, version: number, since: number]
  /**
   * PostgreSQL does not use this command, because there a database function checks and writes the uses of assertions.
   */
  put_replay_window: [version: number, watermark: number, entries: Uint8Array, clientId: string]
  delete_replay_window: [clientId: string]
  delete_integration: [clientId: string]
  insert_secret: [
    ...[id: string, clientId: string, hash: Uint8Array, sealed: Uint8Array | null],
    ...[endsAt: number | null, origin: string, createdAt: number],
  ]
  delete_secret: [id: string]
  update_secret: [endsAt: number | null, hash: Uint8Array, id: string]
  delete_secrets: [clientId: string]
  erase_sealed_secrets: []
  /** `mac` is in hexadecimal digits, and null if the slot has no token. */
  insert_slot: [...slot: SlotValues, clientId: string, scope: string, mac: string | null]
  update_slot: [...slot: SlotValues, mac: string | null]
  supersede: [
    ...[generation: number, issuances: number, revokedGeneration: number, supersededGeneration: number],
    ...[jti: string, issuedAt: number, expiresAt: number, audience: string, id: number, mac: string | null],
  ]
  delete_slots: [clientId: string]
  put_history: [
    ...[slotId: number, generation: number, jti: string],
    ...[issuedAt: number, requests: number, requesters: string],
  ]
  delete_histories: [clientId: string]
  empty_slots_of_scope: [scope: string]
  insert_scope: [name: string, audience: string | null, audienceInForce: string, description: string]
  update_scope_audience: [audienceInForce: string, name: string]
  update_scope: [audience: string | null, audienceInForce: string, description: string, version: number, name: string]
  delete_scope: [name: string]
  insert_api: [id: string, name: string, scope: string, description: string, routes: string, version: number]
  update_api: [name: string, scope: string, description: string, routes: string, version: number, id: string]
  delete_api: [id: string]
  delete_apis_of_scope: [scope: string]
  delete_signing_keys: []
  insert_signing_key: [
    ...[kid: string, alg: string, status: string, publicJwk: string, sealedPrivate: Uint8Array, createdAt: number],
    ...[signsFrom: number, retiredAt: number | null, revokedAt: number | null, acceptedUntil: number | null],
  ]
  insert_admin_key: [
    ...[id: string, name: string, role: string, hash: Uint8Array],
    ...[loopbackOnly: number, createdAt: number, expiresAt: number | null],
  ]
  revoke_admin_key: [revokedAt: number, id: string]
  delete_admin_key: [id: string]
  note_admin_key_use: [...use: UseValues, id: string]
  /** Inserts an issuer, or overwrites all columns of the issuer with this id. */
  put_trusted_issuer: [
    ...[id: string, name: string, url: string, detail: string],
    ...[version: number, createdAt: number, updatedAt: number],
  ]
  delete_trusted_issuer: [id: string]
  insert_audit: [seq: number, at: number, event: string, actor: string, target: string, record: string, mac: Uint8Array]
  put_audit_head: [
    ...[headSeq: number, headMac: Uint8Array, headSeal: Uint8Array],
    ...[checkpointSeq: number, checkpointMac: Uint8Array, checkpointSeal: Uint8Array],
  ]
  set_audit_checkpoint: [seq: number, mac: Uint8Array, seal: Uint8Array]
  delete_audit_up_to: [seq: number]
  insert_idempotency_record: [key: string, request: string, made: string, createdAt: number]
  delete_idempotency_record: [key: string]
  put_operator: [
    ...[id: string, email: string, role: string, passwordHash: string | null, disabled: number],
    ...[version: number, createdAt: number, lastSignInAt: number | null],
  ]
  delete_operator: [id: string]
  insert_session: [
    ...[id: string, hash: Uint8Array, operatorId: string, createdAt: number],
    ...[lastSeenAt: number, address: string, userAgent: string],
  ]
  note_session_use: [at: number, id: string]
  delete_session: [id: string]
  insert_set_up_link: [hash: Uint8Array, operatorId: string | null, expiresAt: number]
  delete_set_up_link: [hash: Uint8Array]
  /** Replaces the issuance history of a slot. Does nothing if the stored history differs from `before`. */
  replace_history: [after: Uint8Array, slotId: number, before: Uint8Array]
  /** Does nothing if the slot already has a MAC, or if its generation is no longer the given generation. */
  seal_slot: [mac: string, id: number, generation: number]
  seal_integration: [mac: Uint8Array, clientId: string]
  seal_operator: [mac: Uint8Array, id: string]
  seal_session: [mac: Uint8Array, id: string]
  seal_set_up_link: [mac: Uint8Array, hash: Uint8Array]
  seal_admin_key: [mac: Uint8Array, id: string]
  seal_signing_key: [mac: Uint8Array, kid: string]
  seal_trusted_issuer: [mac: Uint8Array, id: string]
  /** Does nothing if the store already has a first minute. */
  put_first_activity_minute: [minute: number]
  /**
   * `counts` are the counts of one run of a server, as JSON. They replace the earlier counts of the run for this
   * minute.
   */
  put_activity_minute: [place: number, minute: number, counts: string]
  set_canary: [canary: Uint8Array]
  replace_canary: [canary: Uint8Array]
  mark_introduced: []
  probe: []
  record_floor: [floor: number]
  mark_clean: [clean: number]
}

/** The filter of a list of integrations. A null value matches every integration. */
export type IntegrationFilterValues = readonly [
  nameFoldedPart: string | null,
  clientIdStart: string | null,
  enabled: number | null,
  scope: string | null,
  /**
   * A JSON object that maps the client ID of each integration with reasons for attention to the bits of these reasons.
   */
  masks: string,
  unusedBefore: number,
  onlyMask: number | null,
]

/** The filter of the audit trail. A null value matches every event. */
export type AuditFilterValues = readonly [
  before: number | null,
  event: string | null,
  actor: string | null,
  target: string | null,
  since: number | null,
  until: number | null,
  areRefusals: number | null,
]

type OrderedIntegrations = {
  [Order in IntegrationOrder as `integrations_by_${Order}`]: [
    ...filter: IntegrationFilterValues,
    ...[afterValue: string | number | null, afterSeq: number | null, limit: number],
  ]
}

/** The values of the commands that return rows. */
export interface ReadValues extends OrderedIntegrations {
  store: []
  floor: []
  introduced: []
  scopes: []
  apis: []
  integrations: [afterSeq: number, limit: number]
  integration_by_id: [id: string]
  integration_by_client_id: [clientId: string]
  secret_records_of: [clientId: string]
  sealed_secrets: []
  sealed_secret: [id: string, clientId: string]
  secrets_of: [clientId: string]
  credentials_of: [clientId: string]
  credential_records_of: [clientId: string]
  credentials_after: [afterOrd: number, limit: number]
  replay_windows: []
  replay_window_of: [clientId: string]
  slots_of: [clientId: string]
  secrets_of_range: [afterSeq: number, lastSeq: number]
  slots_after: [afterId: number, limit: number]
  highest_slot_id: []
  history: [slotId: number]
  live_slots: [now: number, floor: number, afterExpiresAt: number, afterSlotId: number, limit: number]
  audit_chain: []
  audit_last: []
  audit_from: [afterSeq: number, limit: number]
  audit_page: [...filter: AuditFilterValues, limit: number]
  audit_count: AuditFilterValues
  audit_before: [at: number, limit: number]
  idempotency_records: []
  /** Both values are JSON arrays of strings. */
  integrations_matching: [names: string, clientIds: string]
  count_integrations: IntegrationFilterValues
  signing_keys: []
  admin_keys: []
  trusted_issuers: []
  operators: []
  sessions: []
  set_up_links: []
  /** Returns the row of the first minute, and the rows of the minute `from` and all later minutes. */
  activity_minutes: [from: number]
}

export type WriteName = keyof WriteValues
export type ReadName = keyof ReadValues

/** One of these commands together with its values. */
export type WriteOf<Name extends WriteName> = { [Each in Name]: readonly [command: Each, ...WriteValues[Each]] }[Name]
export type ReadOf<Name extends ReadName> = { [Each in Name]: readonly [command: Each, ...ReadValues[Each]] }[Name]

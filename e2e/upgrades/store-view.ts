// Reads everything that a server reports about its store through the admin API, as JSON that a test can compare between
// versions.

interface ServerToRead {
  readonly adminUrl: string
  readonly adminKey: string
}

export interface StoreView {
  readonly scopes: unknown
  readonly apis: unknown
  readonly integrations: readonly Named[]
  /** The integrations by their id. */
  readonly secrets: Readonly<Record<string, unknown>>
  /** Slots with their issuance histories, by client ID and scope. */
  readonly histories: Readonly<Record<string, unknown>>
  readonly tokens: unknown
  readonly keys: unknown
  readonly operators: readonly { readonly id: string }[]
  readonly adminKeys: unknown
  /** The events, the oldest first. */
  readonly audit: readonly AuditEvent[]
  readonly auditCheck: unknown
}

interface AuditEvent {
  readonly seq: number
}

interface Named {
  readonly id: string
  readonly client_id: string
  readonly scopes: readonly string[]
}

/** Reads the view with an admin key. Throws on any status except 200. */
export async function readStoreView(server: ServerToRead): Promise<StoreView> {
  // Last uses are left out: a part of them is only in memory, and older versions have none.
  const withoutCounts = withoutMember('hourly', await listed<Named>(server, '/integrations?limit=100'))
  const integrations = withoutMember('attention', withoutCounts) as readonly Named[]
  const secrets: Record<string, unknown> = {}
  const histories: Record<string, unknown> = {}
  for (const { id, client_id: clientId, scopes } of integrations) {
    secrets[id] = await answer(server, `/integrations/${id}/secrets`)
    for (const scope of scopes) {
      histories[`${clientId} ${scope}`] = await answer(server, `/integrations/${id}/tokens/${scope}`)
    }
  }
  const view = {
    scopes: await answer(server, '/scopes'),
    apis: await answer(server, '/apis'),
    integrations,
    secrets,
    histories,
    tokens: await answer(server, '/tokens?limit=100'),
    keys: await answer(server, '/keys'),
    operators: await listed<{ readonly id: string }>(server, '/operators'),
    // The last use of the admin key is left out, because the reading itself is a use.
    adminKeys: withoutMember('last_used', await answer(server, '/admin-keys')),
    audit: [...(await listed<AuditEvent>(server, '/audit?limit=100'))].reverse(),
    auditCheck: await answer(server, '/audit/verify'),
  }
  // The seconds until the expiry are left out, because they depend on the moment of the call.
  return withoutMember('expires_in', view) as StoreView
}

async function listed<Item>(server: ServerToRead, path: string): Promise<readonly Item[]> {
  const items: Item[] = []
  let next: string | undefined = path
  while (next !== undefined) {
    const page = (await answer(server, next)) as Page<Item>
    items.push(...page.items)
    next = typeof page.next_cursor === 'string' ? `${path}&cursor=${encodeURIComponent(page.next_cursor)}` : undefined
  }
  return items
}

interface Page<Item> {
  readonly items: readonly Item[]
  readonly next_cursor?: string | null
}

async function answer({ adminUrl, adminKey }: ServerToRead, path: string): Promise<unknown> {
  const response = await fetch(`${adminUrl}/admin/v1${path}`, { headers: { authorization: `Bearer ${adminKey}` } })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${text}`)
  return JSON.parse(text)
}

/** Returns the value without its members of this name, at any depth. */
export const withoutMember = (left: string, value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, member: unknown) => (name === left ? undefined : member)))

// Checks the trusted issuers: whether the server can fetch their keys, and whether trust rules use them.
import type { KeyState, List, TrustedIssuer } from '../../http/contract/admin-api.ts'
import { type AdminClient, at } from '../admin-api/admin-client.ts'
import { CliFailure, EXIT } from '../cli-failure.ts'
import { rfc3339 } from '../durations.ts'
import { printable } from '../terminal.ts'
import { type Finding, namedAdvice, ok, problem, skipped } from './finding.ts'

const ISSUERS = 'trusted issuers'
const WITHOUT_RULES = 'trusted issuers without rules'
const SHARED_AUDIENCE = 'trusted issuers with another audience'

/**
 * Returns no finding if the server trusts no issuer. Disabled issuers authenticate no client, so their keys are not
 * checked. @param used the names of the issuers that a valid rule of an active integration names
 */
export async function examineTrustedIssuers(
  server: AdminClient,
  used: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  try {
    const { items } = await server.get<List<TrustedIssuer>>('/issuers')
    const enabled = items.filter((issuer) => issuer.enabled)
    const keys = await Promise.all(enabled.map((issuer) => examineKeys(server, issuer)))
    const namesOf = (issuers: readonly TrustedIssuer[]) => issuers.map(({ name }) => name)
    const unused = enabled.filter(({ name }) => !used.has(name))
    const shared = enabled.filter(({ audience }) => audience !== null)
    return [
      ...keys,
      ...namedAdvice(WITHOUT_RULES, namesOf(unused), WITHOUT_RULES_CURE),
      ...namedAdvice(SHARED_AUDIENCE, namesOf(shared), SHARED_AUDIENCE_CURE),
    ]
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error
    return [skipped(ISSUERS, 'the server did not report them')]
  }
}

const WITHOUT_RULES_CURE =
  'No active integration has a valid trust rule for them, so they authenticate no client. Add a rule (latchkey trust add), or disable or delete the issuers.'
const SHARED_AUDIENCE_CURE =
  'Other servers may receive tokens for the same audience, and each of them can use such a token here. If the platform can write the issuer of this server into aud, remove the audience.'

async function examineKeys(server: AdminClient, issuer: TrustedIssuer): Promise<Finding> {
  const check = `keys of the issuer ${issuer.name}`
  if (issuer.keys.source === 'inline') return ok(check, 'in its settings, so the server fetches nothing')
  const { last_error: fault, fetched_at: fetchedAt, fresh_until: freshUntil, kids } = await keyState(server, issuer)
  if (fault === null) {
    if (fetchedAt === null) return skipped(check, 'not fetched yet. The key of an editor fetches them')
    return ok(
      check,
      `${kids.length === 0 ? 'none with an ID' : kids.map(printable).join(', ')}, fetched at ${fetchedAt}`,
    )
  }
  const until = freshUntil === null ? 0 : Date.parse(freshUntil) + issuer.stale_seconds * 1000
  const effect =
    until > Date.now()
      ? `The keys in memory stay in use until ${rfc3339(until / 1000)}`
      : 'No keys are in use, so its assertions get 503'
  return problem(check, `cannot be fetched (${fault}). ${effect}`, CURES[fault] ?? USUAL_CURE)
}

/**
 * Makes the server fetch the keys of the issuer, and returns their state. If the admin key has no right to do this,
 * returns the state that is already known.
 */
async function keyState(server: AdminClient, { id, key_state: known }: TrustedIssuer): Promise<KeyState> {
  try {
    return await server.post<KeyState>(at`/issuers/${id}/refresh`)
  } catch (error) {
    if (error instanceof CliFailure && error.exitCode === EXIT.forbidden) return known
    throw error
  }
}

const CURES: Readonly<Record<string, string>> = {
  address_forbidden:
    'The address is not public. Let the server connect to its network with LATCHKEY_KEY_SOURCE_NETWORKS, or give the keys themselves (keys.source inline).',
  certificate_untrusted:
    'Give the certificates of its authority as tls_ca (PATCH /admin/v1/issuers/{id}), or renew the certificate of the issuer.',
  issuer_differs: 'Its discovery document names another issuer. Create the issuer again with exactly that URL.',
}

const USUAL_CURE =
  'Check from the machine of the server that the URL answers by HTTPS without a proxy or a redirect. Then try again: latchkey issuers refresh.'

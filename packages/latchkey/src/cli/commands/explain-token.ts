// latchkey token explain: says whether the server accepts a token. If not, says why and what to do.
import type { Command } from 'commander'
import { CliFailure, EXIT, unusable } from '../cli-failure.ts'
import { command } from '../command.ts'
import { decodeToken } from '../public-api/decoded-token.ts'
import { askIssuer, ISSUER_OPTION, issuerFor } from '../public-api/issuer.ts'
import { readToken, TOKEN_FILE_OPTION } from '../public-api/read-token.ts'
import { refusalCure } from '../public-api/refusal-cures.ts'
import { showFacts, showJson, type Shown } from '../show.ts'
import { printable, type Terminal } from '../terminal.ts'

interface ExplainOptions extends Shown {
  readonly tokenFile?: string
  readonly scope?: string
  readonly issuer?: string
}

export function addExplainToken(token: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  const examples = [
    'latchkey token explain --token-file token.txt',
    'printf %s "$TOKEN" | latchkey token explain --scope machinelearning.predict --json',
  ]
  command(token, 'explain', {
    does: 'ask the server whether it accepts a token, and why not; exit code 6 if it does not',
    examples,
  })
    .option(...TOKEN_FILE_OPTION)
    .option('--scope <scope>', 'the scope that the API requires')
    .option(...ISSUER_OPTION)
    .action(async ({ tokenFile, scope, issuer: given, json }: ExplainOptions) => {
      const issuer = issuerFor(terminal.env, given)
      const verdict = await askVerdict(issuer, await readToken(terminal, tokenFile), scope)
      if (json === true) showJson(terminal, verdict)
      else showVerdict(terminal, verdict)
      done(verdict.accepted ? EXIT.ok : EXIT.problemsFound)
    })
}

type Verdict =
  | { readonly accepted: true; readonly client_id: string; readonly scope: string; readonly jti: string }
  | { readonly accepted: false; readonly reason: string; readonly description: string; readonly cure: string }

async function askVerdict(issuer: string, token: string, scope: string | undefined): Promise<Verdict> {
  // An Authorization header can only contain printable ASCII, so no server has issued a token with other characters.
  if (/[^\x21-\x7e]/.test(token))
    throw unusable(
      'This is not a token: it contains a space, a line break or a character beyond ASCII. Copy the token alone.',
    )
  const query = scope === undefined ? '' : `?scope=${encodeURIComponent(scope)}`
  const response = await askIssuer(`${issuer}/v1/verify${query}`, { headers: { authorization: `Bearer ${token}` } })
  const header = (name: string): string => printable(response.headers.get(name) ?? '')
  if (response.status === 200 && header('x-latchkey-jti') !== '') {
    const [client_id, of, jti] = [header('x-latchkey-client-id'), header('x-latchkey-scope'), header('x-latchkey-jti')]
    return { accepted: true, client_id, scope: of, jti }
  }
  const reason = header('latchkey-reason')
  if (reason === '' || (response.status !== 401 && response.status !== 403)) throw noVerdict(issuer, response)
  const [, description = reason] = /error_description="([^"]*)"/.exec(header('www-authenticate')) ?? []
  const cure = refusalCure(reason, { ...claimsOf(token), issuer, ...(scope !== undefined && { required: scope }) })
  return { accepted: false, reason, description, cure }
}

/** Returns the claims that the remedy can mention. Empty if the token cannot be decoded. */
function claimsOf(token: string): { readonly clientId?: string; readonly scope?: string } {
  try {
    const { client_id: clientId, scope } = decodeToken(token).claims
    if (typeof clientId !== 'string' || typeof scope !== 'string') return {}
    return /^[\x21-\x7e]+$/.test(clientId + scope) ? { clientId, scope } : {}
  } catch (error) {
    if (error instanceof CliFailure) return {}
    throw error
  }
}

function showVerdict(terminal: Terminal, verdict: Verdict): void {
  if (!verdict.accepted) {
    terminal.data(`refused: ${verdict.reason}`)
    terminal.remark(`\n${verdict.description}.\n${verdict.cure}`)
    return
  }
  terminal.data('accepted')
  showFacts(terminal, [
    ['client ID', verdict.client_id],
    ['scope', verdict.scope],
    ['jti', verdict.jti],
  ])
}

function noVerdict(issuer: string, { status, headers }: Response): CliFailure {
  const retry = /^[0-9]{1,6}$/.exec(headers.get('retry-after') ?? '')
  const message =
    status === 503
      ? `The server at ${issuer} cannot say now whether the token is live.${retry === null ? '' : ` Try again in ${retry[0]} s.`}`
      : `The program at ${issuer}/v1/verify (status ${String(status)}) is not Latchkey. Give the issuer with --issuer.`
  return new CliFailure({ code: 'no_verdict', exitCode: EXIT.failure, message }, { status })
}

// latchkey token request: requests a token exactly as a client does, and prints it.
import {
  AssertionUnavailable,
  type ClientCredentials,
  createClientAuthentication,
  PrivateFileError,
  type RequestAuthentication,
} from '@latchkey/credentials'
import { hasClientSecretShape, isWellFormedClientSecret } from '@latchkey/protocol'
import type { Command } from 'commander'
import { type ClientProof, readClientProof } from '../../config/client-proof.ts'
import { readSettings } from '../../config/read-settings.ts'
import type { SecretSource } from '../../config/setting.ts'
import { tokenClientSettings } from '../../config/settings.ts'
import { CliFailure, configurationUnusable, EXIT, unusable } from '../cli-failure.ts'
import { command } from '../command.ts'
import { spoken } from '../durations.ts'
import { askIssuer, ISSUER_OPTION, issuerFor } from '../public-api/issuer.ts'
import { readInput, STANDARD_INPUT } from '../read-input.ts'
import { showJson, type Shown } from '../show.ts'
import { printable, type Terminal } from '../terminal.ts'

interface RequestOptions extends Shown {
  readonly clientId?: string
  readonly secretFile?: string
  readonly key?: string
  readonly keyId?: string
  readonly assertion?: string
  readonly scope?: string
  readonly issuer?: string
}

export function addRequestToken(token: Command, terminal: Terminal): void {
  const examples = [
    'latchkey token request --client-id lk0123456789abcd --scope machinelearning.predict --secret-file secret.txt',
    'printf %s "$SECRET" | latchkey token request --client-id lk0123456789abcd --scope machinelearning.predict',
    'latchkey token request --client-id lk0123456789abcd --scope machinelearning.predict --key client.pem',
    'TOKEN=$(latchkey token request --scope machinelearning.predict)   # with LATCHKEY_CLIENT_ID and …_SECRET set',
  ]
  const does = 'request a token as a client does, and print it; the previous token ends'
  command(token, 'request', { does, examples })
    .option('--client-id <id>', 'the client ID; LATCHKEY_CLIENT_ID unless given')
    .option('--secret-file <file>', 'the file with the client secret; - is standard input')
    .option('--key <file>', 'the file with the private key that signs an assertion, as PEM, closed to other users')
    .option('--key-id <id>', 'the ID of the key at the server; its RFC 7638 thumbprint unless given')
    .option('--assertion <file>', 'the file with an assertion, which is sent unchanged')
    .option('--scope <scope>', 'the scope; optional if the integration has exactly one')
    .option(...ISSUER_OPTION)
    .addHelpText(
      'after',
      '\nWithout --secret-file, --key and --assertion the client authenticates with\nLATCHKEY_CLIENT_SECRET, LATCHKEY_CLIENT_SECRET_FILE,\nLATCHKEY_CLIENT_PRIVATE_KEY_FILE or LATCHKEY_CLIENT_ASSERTION_FILE, else with a\nsecret from standard input. A secret is never an argument, because every user of\nthe machine can see arguments.',
    )
    .action((options: RequestOptions) => requestToken(options, terminal))
}

async function requestToken(options: RequestOptions, terminal: Terminal): Promise<void> {
  const issuer = issuerFor(terminal.env, options.issuer)
  const { authorization, form: proof } = await authentication(options, issuer, terminal)
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...proof })
  if (options.scope !== undefined) form.set('scope', options.scope)
  const response = await askIssuer(`${issuer}/v1/token`, {
    method: 'POST',
    headers: { accept: 'application/json', ...(authorization && { authorization: authorization.reveal() }) },
    body: form,
  })
  const answer = (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>
  if (!response.ok) throw refusalOf(response, answer)
  // Other characters cannot be in a token (RFC 6750 §2.1), and could control a terminal.
  const { access_token: token } = answer
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) throw notAnIssuer(issuer)
  if (options.json === true) {
    showJson(terminal, answer)
    return
  }
  terminal.data(token)
  const { expires_in: seconds, scope } = answer
  terminal.remark(`A token for ${printable(String(scope))}, valid for ${spoken(Number(seconds))}.`)
}

async function authentication(
  options: RequestOptions,
  audience: string,
  terminal: Terminal,
): Promise<RequestAuthentication> {
  const { clientId, proof } = clientOf(options, terminal)
  if (options.keyId !== undefined && proof.kind !== 'key') throw unusable('--key-id needs --key.')
  const credentials = await credentialsOf(proof, options, terminal)
  try {
    return await createClientAuthentication(credentials, { clientId, audience })()
  } catch (cause) {
    const { message } = cause as Error
    if (cause instanceof PrivateFileError) throw unusable(message)
    throw unusable(cause instanceof AssertionUnavailable ? `${message}. No request was sent.` : `${message}.`)
  }
}

/**
 * The client and its credential. A flag has precedence over the settings. Without either, the secret is read from
 * standard input.
 */
function clientOf(
  { clientId: flag, secretFile, key, assertion }: RequestOptions,
  { env }: Terminal,
): { readonly clientId: string; readonly proof: ClientProof } {
  const flags = flag === undefined ? {} : { clientId: flag }
  const { values, problems } = readSettings(tokenClientSettings, { env, flags })
  if (problems.length > 0) throw configurationUnusable(problems)
  const { clientId } = values
  if (clientId === undefined)
    throw unusable('The client ID is missing. Give it with --client-id, or set LATCHKEY_CLIENT_ID.')
  const given: readonly ClientProof[] = [
    ...(secretFile === undefined ? [] : [secretAt(secretFile)]),
    ...(key === undefined ? [] : [{ kind: 'key', path: key } as const]),
    ...(assertion === undefined ? [] : [{ kind: 'assertion', path: assertion } as const]),
  ]
  if (given.length > 1) throw unusable('Give one of --secret-file, --key and --assertion.')
  if (given[0] !== undefined) return { clientId, proof: given[0] }
  const set = readClientProof(values)
  if (!set.ok) throw configurationUnusable([set.refusal])
  return { clientId, proof: set.value ?? secretAt(STANDARD_INPUT) }
}

const secretAt = (path: string): ClientProof => ({ kind: 'secret', source: { kind: 'file', path } })

async function credentialsOf(
  proof: ClientProof,
  { keyId }: Pick<RequestOptions, 'keyId'>,
  terminal: Terminal,
): Promise<ClientCredentials> {
  switch (proof.kind) {
    case 'secret':
      return { clientSecret: await secretIn(proof.source, terminal) }
    case 'key':
      return { privateKey: proof.path, ...(keyId !== undefined && { keyId }) }
    case 'assertion':
      return { assertionFile: proof.path }
  }
}

async function secretIn(source: SecretSource, terminal: Terminal): Promise<string> {
  const text =
    source.kind === 'text'
      ? source.value.reveal().trim()
      : await readInput(terminal, source.path, { what: 'a client secret' })
  // The checksum in the secret reveals a typing error before the server counts a failed attempt.
  if (hasClientSecretShape(text) && !isWellFormedClientSecret(text)) {
    throw unusable('The client secret has a typing error: its checksum is wrong. Copy it again. No request was sent.')
  }
  if (/\p{Cc}/u.test(text)) {
    throw unusable(
      'The client secret contains a line break or another control character. Copy it again. No request was sent.',
    )
  }
  return text
}

function refusalOf({ status, headers }: Response, answer: Readonly<Record<string, unknown>>): CliFailure {
  const word = (name: string) => (typeof answer[name] === 'string' ? printable(answer[name]) : undefined)
  const error = word('error') ?? `status_${String(status)}`
  const description = word('error_description') ?? `The server answered ${String(status)}.`
  const retry = /^[0-9]{1,6}$/.exec(headers.get('retry-after') ?? '')
  const message = `${error}: ${description}${retry === null ? '' : `\nTry again in ${retry[0]} s.`}`
  const exitCode =
    status === 401 || status === 403 ? EXIT.forbidden : status < 500 && status !== 429 ? EXIT.usage : EXIT.failure
  return new CliFailure({ code: error, exitCode, message }, { status })
}

const notAnIssuer = (issuer: string): CliFailure =>
  new CliFailure({
    code: 'not_an_issuer',
    exitCode: EXIT.failure,
    message: `The server at ${issuer} did not answer like the token endpoint of an OAuth 2.0 server. Give the issuer with --issuer.`,
  })

// latchkey trust: adds and lists trust rules, and says why an assertion is accepted or refused.
import { matcherText } from '@latchkey/protocol'
import type { Command } from 'commander'
import type { Credential, List, NewRule, TrustRule, TrustTest, TrustVerdict } from '../../http/contract/admin-api.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import { CliFailure, EXIT, unusable } from '../cli-failure.ts'
import { command, group, INTEGRATION_ARGUMENT, listCommand, oneOf } from '../command.ts'
import { duration, pointOfTime } from '../durations.ts'
import { readInput } from '../read-input.ts'
import { readJsonArray } from '../read-json.ts'
import { identityColumns, useColumns } from '../safe-to-retire.ts'
import { quoted, showDone, showJson, type Shown } from '../show.ts'
import { type Column, showTable, type TableOptions } from '../table.ts'
import { printable, type Terminal } from '../terminal.ts'
import { presetOf, type PresetOptions } from '../trust-presets.ts'

export function addTrust(latchkey: Command, terminal: Terminal): void {
  const trust = group(latchkey, 'trust', 'the workloads of platforms that are clients')
  addAdd(trust, terminal)
  addList(trust, terminal)
  addTest(trust, terminal)
}

interface AddOptions extends Shown, PresetOptions {
  readonly issuer?: string
  readonly claims?: string
  readonly reuse?: NewRule['reuse']
  readonly maxLifetime?: number
  readonly expires?: string
  readonly note?: string
}

function addAdd(trust: Command, terminal: Terminal): void {
  const text = {
    does: 'add a trust rule: the workload that it names is the client of the integration, without a secret',
    examples: [
      'latchkey trust add lk0123456789abcd --kubernetes payments/worker --issuer prod-cluster',
      'latchkey trust add lk0123456789abcd --github acme/deploy --repository-id 12345 --branch main',
      'latchkey trust add lk0123456789abcd --gitlab acme/deploy --project-id 77 --environment production',
      'latchkey trust add lk0123456789abcd --spiffe spiffe://example.org/worker --issuer mesh',
    ],
  }
  command(trust, 'add', text)
    .argument(...INTEGRATION_ARGUMENT)
    .option('--issuer <issuer>', 'the name or id of the trusted issuer; github and gitlab unless set')
    .option('--kubernetes <namespace/account>', 'pods of this service account')
    .option('--github <owner/repository>', 'workflow runs of this repository')
    .option('--repository-id <number>', 'the number of the repository, which outlives its name')
    .option('--name-only', 'trust each later owner of the name of the repository too')
    .option('--gitlab <group/project>', 'jobs of this project, on protected refs')
    .option('--project-id <number>', 'the number of the project')
    .option('--branch <name>', 'only this branch')
    .option('--environment <name>', 'only this deployment environment')
    .option('--workflow <ref>', 'only this job_workflow_ref')
    .option('--spiffe <id>', 'this SPIFFE ID; every ID below it if it ends in /')
    .option('--subject <text>', 'exactly this sub')
    .option('--claims <file>', 'the matchers themselves, as a JSON array; - is standard input')
    .addOption(oneOf('--reuse <how>', 'how often one assertion can authenticate the client', ['until_expiry', 'once']))
    .option('--max-lifetime <duration>', 'how long an assertion may live, from 60s to 24h; 65m unless set', duration)
    .option('--expires <time>', 'when the rule ends: a time, or a duration such as 90d', pointOfTime)
    .option('--note <text>', 'a note for operators, shown beside the rule')
    .action(async (which: string, options: AddOptions) => {
      const { issuer, claims } = await ruleOf(terminal, options)
      const body: NewRule = {
        ...{ kind: 'trust', issuer, claims },
        ...(options.reuse !== undefined && { reuse: options.reuse }),
        ...(options.maxLifetime !== undefined && { max_lifetime: options.maxLifetime }),
        ...(options.expires !== undefined && { expires_at: options.expires }),
        ...(options.note !== undefined && { note: options.note }),
      }
      const path = at`/integrations/${which}/credentials`
      const added = await adminClient(terminal.env).post<Credential, NewRule>(path, body)
      showDone(terminal, options, {
        document: added,
        said: `The integration trusts ${quoted(issuer)} by the rule ${printable(added.id)}. Try it with a token of the platform: latchkey trust test --assertion FILE.`,
      })
    })
}

async function ruleOf(
  terminal: Terminal,
  options: AddOptions,
): Promise<{ readonly issuer: string; readonly claims: NewRule['claims'] }> {
  const preset =
    options.claims === undefined
      ? presetOf(options)
      : { issuer: undefined, claims: await readJsonArray<Matcher>(terminal, options.claims, { what: MATCHERS }) }
  const issuer = options.issuer ?? preset.issuer
  if (issuer === undefined) throw unusable('Name the trusted issuer with --issuer. "latchkey issuers list" shows them.')
  return { issuer, claims: preset.claims }
}

type Matcher = NewRule['claims'][number]

const MATCHERS = 'a JSON array of matchers, such as [{"claim":["sub"],"equals":"…"}]'

function addList(trust: Command, terminal: Terminal): void {
  const text = {
    does: 'show the trust rules of an integration and when each was last used',
    examples: ['latchkey trust list lk0123456789abcd'],
  }
  listCommand(trust, 'list', text)
    .argument(...INTEGRATION_ARGUMENT)
    .action(async (which: string, { json, wide }: Shown & TableOptions) => {
      const path = at`/integrations/${which}/credentials`
      const listed = await adminClient(terminal.env).get<List<Credential>>(path)
      const items = listed.items.filter((credential) => credential.kind === 'trust')
      if (json === true) showJson(terminal, { items })
      else showTable(terminal, items, { columns: COLUMNS, wide })
    })
}

const COLUMNS: readonly Column<TrustRule>[] = [
  ...identityColumns,
  { heading: 'ISSUER', value: ({ issuer }) => issuer },
  { heading: 'CLAIMS', value: ({ claims }) => claims.map(matcherText).join('; '), narrow: 'cut' },
  { heading: 'REUSE', value: ({ reuse }) => reuse, isWide: true },
  { heading: 'NOTE', value: ({ note }) => note ?? '', isWide: true },
  ...useColumns,
]

interface TestOptions extends Shown {
  readonly assertion: string
  readonly integration?: string
}

function addTest(trust: Command, terminal: Terminal): void {
  const text = {
    does: 'say whether a token of a platform authenticates an integration, and if not, which check failed',
    examples: [
      'latchkey trust test --assertion token.jwt',
      'latchkey trust test --assertion - --integration lk0123456789abcd < token.jwt',
    ],
  }
  command(trust, 'test', text)
    .requiredOption('--assertion <file>', 'the file with the token of the platform; - is standard input')
    .option(
      '--integration <integration>',
      'the client ID or id of the integration; without it, as a request without client_id',
    )
    .action(async ({ assertion: path, integration, json }: TestOptions) => {
      const assertion = await readInput(terminal, path, { what: 'a token of a platform' })
      const body: TrustTest = { assertion, ...(integration !== undefined && { integration }) }
      const verdict = await adminClient(terminal.env).post<TrustVerdict, TrustTest>('/trust/test', body)
      if (json === true) showJson(terminal, verdict)
      else for (const line of verdictLines(verdict)) terminal.data(line)
      if (verdict.accepted) return
      const message = `The token endpoint would refuse it: ${String(verdict.reason)}.`
      throw new CliFailure({ code: 'assertion_refused', exitCode: EXIT.problemsFound, message })
    })
}

const mark = (passed: boolean): string => (passed ? '✓' : '✗')

function verdictLines({ checks, rules, client_id: clientId, subject }: TrustVerdict): readonly string[] {
  const lines = checks.map(({ check, passed, expected, found }) =>
    passed ? `${mark(passed)} ${check}: ${found}` : `${mark(passed)} ${check}: found ${found}; expected ${expected}`,
  )
  for (const { client_id: ruleOf, credential_id: id, claims } of rules) {
    lines.push(`  rule ${id} of ${ruleOf}`)
    for (const { passed, found, ...matcher } of claims) {
      lines.push(`  ${mark(passed)} ${matcherText(matcher)}${passed ? '' : `; found ${found}`}`)
    }
  }
  if (clientId !== null) lines.push(`It authenticates ${clientId} as ${String(subject)}.`)
  return lines.map(printable)
}

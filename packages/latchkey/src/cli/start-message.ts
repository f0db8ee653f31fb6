// The text that `latchkey serve` prints when it is ready. The first start prints an introduction too.
import type { Secret } from '@latchkey/protocol'
import type { FirstStart } from '../server/announce.ts'
import type { Config } from '../config/config.ts'
import type { ConfigProblem } from '../config/config-problem.ts'
import { createExample } from './commands/create-integration.ts'
import { printable } from './terminal.ts'
import { walk } from './walk.ts'

export interface StartFacts {
  readonly version: string
  readonly issuer: string
  readonly adminUrl: string
  readonly firstStart: FirstStart | undefined
  /** The set-up link. Undefined if an owner can sign in. */
  readonly setUpLink: Secret | undefined
  /** The command that starts the command line in the present folder, such as `npx latchkey`. */
  readonly command: string
  /**
   * `here` if the command line finds an admin key on this machine. If several servers share a database, only the first
   * server has an admin key.
   */
  readonly adminKey: 'here' | 'elsewhere'
  readonly secretReveal: Config['secretReveal']
  /** The issuers of other servers on the same database, if they differ from `issuer`. */
  readonly otherIssuers: readonly string[]
  /** Warnings about settings that are valid but have a drawback. */
  readonly warnings: readonly ConfigProblem[]
}

export function startMessage(facts: StartFacts): string {
  const { version, issuer, adminUrl, firstStart, setUpLink, command, adminKey } = facts
  const places = [
    `  Token endpoint  ${issuer}/v1/token`,
    `  Console         ${setUpLink === undefined ? adminUrl : setUpLink.reveal()}`,
    `  Admin API       ${adminUrl}/admin/v1`,
    ...(adminKey === 'here' ? [`  Integrations    ${command} integrations list`] : []),
  ]
  const head = [
    `Latchkey ${version} is ready.`,
    '',
    ...places,
    ...careful(facts),
    ...(setUpLink === undefined ? [] : setUp(facts)),
  ]
  if (firstStart === undefined) return `${head.join('\n')}\n`
  const introduction = firstStart.demo === undefined ? withoutDemo(command) : withDemo(firstStart.demo, facts)
  const key = `The command line finds its admin key in ${firstStart.adminKeyFile}.`
  return `${[...head, '', ...introduction, '', key, 'Ctrl+C stops the server; integrations and live tokens outlive a restart.'].join('\n')}\n`
}

const careful = ({ otherIssuers, warnings }: StartFacts): readonly string[] => [
  ...warnings.flatMap(({ setting, problem, cure }) => ['', `Careful: ${setting} ${problem}.`, cure]),
  ...(otherIssuers.length === 0
    ? []
    : [
        '',
        'Careful: other servers run on this database under another issuer, and each refuses the tokens of the others.',
        'Give all of them the same LATCHKEY_PUBLIC_URL and LATCHKEY_AUTH_SERVER_ID. The others have',
        ...otherIssuers.map((issuer) => indented(printable(issuer))),
      ]),
]

const setUp = ({ command, adminKey }: StartFacts): readonly string[] => [
  '',
  'Start here: open the link to the console above. It makes you the first owner, and works once, within an hour.',
  adminKey === 'here'
    ? `To get a new link: ${command} setup-link`
    : 'To get a new link: latchkey setup-link, in the folder of the first start, where the admin key is.',
]

function withDemo(
  demo: NonNullable<FirstStart['demo']>,
  { issuer, command, secretReveal }: StartFacts,
): readonly string[] {
  const steps = walk({ issuer, clientId: demo.clientId, clientSecret: demo.clientSecret, secretReveal })
  return [
    `This is the first start, so there is an integration to try, "${demo.name}". At most one token per integration`,
    'and scope is live: here is how that looks. Paste the steps into a second terminal, one by one.',
    ...steps.flatMap(({ says, commands }, index) => [
      '',
      ...`${String(index + 1)}. ${says}`.split('\n').map((line, row) => (row === 0 ? line : `   ${line}`)),
      '',
      ...commands.map(indented),
    ]),
    '',
    'Next, an integration of your own:',
    '',
    indented(createExample(command)),
  ]
}

const withoutDemo = (command: string): readonly string[] => [
  'This is the first start, without the demo integration (LATCHKEY_DEMO=off). Make an integration:',
  '',
  indented(createExample(command)),
]

const indented = (line: string): string => `    ${line}`

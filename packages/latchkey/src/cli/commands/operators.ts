// latchkey operators: lists, invites, removes and resets the operators who may sign in to the console, and makes the
// link for the first owner.
import type { Command } from 'commander'
import type { LinkedOperator, List, NewOperator, Operator, Role, SetUpLink } from '../../http/contract/admin-api.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import { CliFailure, EXIT } from '../cli-failure.ts'
import { command, destructive, group, listCommand, oneOf, type Options } from '../command.ts'
import { confirm } from '../confirm.ts'
import { quoted, showDone, showFacts, showJson, type Shown } from '../show.ts'
import { type Column, showTable, type TableOptions, timeColumn } from '../table.ts'
import { printable, type Terminal } from '../terminal.ts'

export function addOperators(latchkey: Command, terminal: Terminal): void {
  const operators = group(latchkey, 'operators', 'the operators who may sign in to the console; owners only')
  addList(operators, terminal)
  addInvite(operators, terminal)
  addRemove(operators, terminal)
  addReset(operators, terminal)
}

/** Prints a new link, which replaces the previous link. The server does not store the text of the link. */
export function addSetUpLink(latchkey: Command, terminal: Terminal): void {
  const text = {
    does: 'make a new link for the first owner; it replaces the last link',
    examples: ['latchkey setup-link'],
  }
  command(latchkey, 'setup-link', text).action(async ({ json }: Shown) => {
    const made = await adminClient(terminal.env).post<SetUpLink>('/setup-links')
    showLink(terminal, made, { json, facts: [] })
  })
}

function addList(operators: Command, terminal: Terminal): void {
  const text = { does: 'show who may sign in', examples: ['latchkey operators list'] }
  listCommand(operators, 'list', text).action(async ({ json, wide }: Shown & TableOptions) => {
    const items = await everyone(terminal)
    if (json === true) showJson(terminal, { items })
    else showTable(terminal, items, { columns: COLUMNS, wide })
  })
}

const COLUMNS: readonly Column<Operator>[] = [
  { heading: 'EMAIL', value: ({ email }) => email, narrow: 'cut' },
  { heading: 'ROLE', value: ({ role }) => role, narrow: 'kept' },
  {
    heading: 'STATUS',
    value: ({ status }) => status,
    narrow: 'kept',
    colour: ({ status }) => (status === 'active' ? 'green' : 'yellow'),
  },
  timeColumn('CREATED', ({ created_at }) => created_at),
  timeColumn('LAST SIGN-IN', ({ last_sign_in }) => last_sign_in),
  { heading: 'ID', value: ({ id }) => id, isWide: true },
]

function addInvite(operators: Command, terminal: Terminal): void {
  const text = {
    does: 'invite an operator: prints a link to choose a password with',
    examples: ['latchkey operators invite ops@example.com --role editor'],
  }
  command(operators, 'invite', text)
    .argument('<email>', 'the e-mail address to sign in with; no mail is sent')
    .addOption(
      oneOf('--role <role>', 'viewer reads, editor changes integrations, owner does everything', [
        'viewer',
        'editor',
        'owner',
      ]).makeOptionMandatory(),
    )
    .action(async (email: string, { role, json }: Shown & { readonly role: Role }) => {
      const body: NewOperator = { email, role }
      const made = await adminClient(terminal.env).post<LinkedOperator, NewOperator>('/operators', body)
      showLink(terminal, made, { json, facts: [['ID', made.id]] })
    })
}

function addRemove(operators: Command, terminal: Terminal): void {
  const examples = ['latchkey operators remove ops@example.com', 'latchkey operators remove opr_… --yes']
  destructive(operators, 'remove', {
    does: 'remove an operator and end their sessions; the last owner stays',
    examples,
  })
    .argument('<operator>', 'the e-mail address or the id of the operator')
    .action(async (operator: string, options: Options) => {
      const { id, email } = await found(terminal, operator)
      await confirm(terminal, options, `This removes ${quoted(email)} and signs them out everywhere at once.`)
      await adminClient(terminal.env).remove(at`/operators/${id}`)
      showDone(terminal, options, {
        document: { id, removed: true },
        said: `Removed the operator ${printable(email)}.`,
      })
    })
}

function addReset(operators: Command, terminal: Terminal): void {
  const text = {
    does: 'print a link to choose a new password with; the old password works until then',
    examples: ['latchkey operators reset ops@example.com'],
  }
  command(operators, 'reset', text)
    .argument('<operator>', 'the e-mail address or the id of the operator')
    .action(async (operator: string, { json }: Shown) => {
      const { id } = await found(terminal, operator)
      const made = await adminClient(terminal.env).post<LinkedOperator>(at`/operators/${id}/reset`)
      showLink(terminal, made, { json, facts: [['ID', made.id]] })
    })
}

async function everyone(terminal: Terminal): Promise<readonly Operator[]> {
  const listed = await adminClient(terminal.env).get<List<Operator>>('/operators')
  return listed.items
}

async function found(terminal: Terminal, requested: string): Promise<Operator> {
  const email = requested.toLowerCase()
  const operator = (await everyone(terminal)).find((each) => each.id === requested || each.email === email)
  if (operator !== undefined) return operator
  const message = `There is no operator ${quoted(requested)}. "latchkey operators list" shows all operators.`
  throw new CliFailure({ code: 'unknown_operator', exitCode: EXIT.notFoundOrConflict, message })
}

function showLink(
  terminal: Terminal,
  made: SetUpLink,
  { json, facts }: { readonly json: boolean | undefined; readonly facts: readonly (readonly [string, string])[] },
): void {
  if (json === true) {
    showJson(terminal, made)
    return
  }
  showFacts(terminal, [['Link', made.link], ['Works until', made.link_expires_at], ...facts])
  terminal.remark(
    '\nThe person who opens the link chooses the password: give the link to the operator alone. The link works once.',
  )
}

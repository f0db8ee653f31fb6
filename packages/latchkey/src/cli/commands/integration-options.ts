// The options that describe an integration, for the commands create and update.
import type { Command } from 'commander'
import type { IntegrationPatch, IssueMode } from '../../http/contract/admin-api.ts'
import { collected, oneOf } from '../command.ts'
import { duration } from '../durations.ts'
import { given } from '../given.ts'

export interface IntegrationOptions {
  readonly name?: string
  readonly description?: string
  readonly tag?: readonly string[]
  readonly resourceServerFor?: readonly string[]
  readonly issueMode?: IssueMode['kind']
  readonly renewBefore?: number
  readonly grace?: number
  readonly conditional?: boolean
  readonly allow?: readonly string[]
}

export const withIntegrationOptions = (command: Command): Command =>
  command
    .option('--description <text>', 'the purpose of the program, in a sentence')
    .option('--tag <tag>', 'a word for searches and filters; repeat the option for more words', collected)
    .option(
      '--resource-server-for <scope>',
      'a scope whose tokens it may introspect, also the tokens of other integrations; repeatable',
      collected,
    )
    .addOption(oneOf('--issue-mode <mode>', 'whether each request gets a new token', ['replace', 'stable']))
    .option('--renew-before <span>', 'with stable: how long before its end the token is replaced, such as 5m', duration)
    .option('--grace <span>', 'how long a superseded token is accepted next to the live token, such as 30s', duration)
    .option('--conditional', 'a token request may name the token that it replaces; this is the default')
    .option('--no-conditional', 'the server ignores which token a request names')
    .option(
      '--allow <address>',
      'an address or CIDR range from which it may send requests; repeat the option for more',
      collected,
    )

/** Returns the options as members of a request, without the options that were not given. */
export function integrationMembers(options: IntegrationOptions): IntegrationPatch {
  const { name, description, tag, resourceServerFor, issueMode, renewBefore, grace, conditional, allow } = options
  const mode = issueMode ?? (renewBefore === undefined ? undefined : 'stable')
  const issueModeMember = mode && { kind: mode, ...given({ renew_before_seconds: renewBefore }) }
  return given({
    name,
    description,
    tags: tag,
    resource_server_for: resourceServerFor,
    issue_mode: issueModeMember,
    grace_seconds: grace,
    conditional,
    allowed_addresses: allow,
  })
}

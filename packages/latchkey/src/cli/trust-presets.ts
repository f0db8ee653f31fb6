// The presets of trust rules: for each platform the claims that tell its workloads apart.
import type { NewRule } from '../http/contract/admin-api.ts'
import { unusable } from './cli-failure.ts'

type Matcher = NewRule['claims'][number]

export interface PresetOptions {
  readonly kubernetes?: string
  readonly github?: string
  readonly repositoryId?: string
  readonly nameOnly?: true
  readonly gitlab?: string
  readonly projectId?: string
  readonly branch?: string
  readonly environment?: string
  readonly workflow?: string
  readonly spiffe?: string
  readonly subject?: string
}

export interface Preset {
  /** The usual name of the trusted issuer. Undefined if each installation has its own issuer. */
  readonly issuer: string | undefined
  readonly claims: Matcher[]
}

const equals = (path: string, value: string): Matcher => ({ claim: path.split('/'), equals: value })

/** Returns the rule that the options name. Throws `CliFailure` if they name none or more than one. */
export function presetOf(options: PresetOptions): Preset {
  const { kubernetes, github, gitlab, spiffe, subject } = options
  const [only, ...others] = [
    kubernetes === undefined ? undefined : ofKubernetes(kubernetes),
    github === undefined ? undefined : ofGithub(github, options),
    gitlab === undefined ? undefined : ofGitlab(gitlab, options),
    spiffe === undefined ? undefined : ofSpiffe(spiffe),
    subject === undefined ? undefined : { issuer: undefined, claims: [equals('sub', subject)] },
  ].filter((preset) => preset !== undefined)
  if (only !== undefined && others.length === 0) return only
  throw unusable('Give exactly one of --kubernetes, --github, --gitlab, --spiffe, --subject and --claims.')
}

/** A legacy token of a service account names no pod, and does not expire. */
function ofKubernetes(text: string): Preset {
  const [, namespace, account] = /^([a-z0-9.-]+)\/([a-z0-9.-]+)$/.exec(text) ?? []
  if (namespace === undefined || account === undefined) {
    throw unusable('--kubernetes must be a namespace and a service account, such as payments/worker.')
  }
  const pod: Matcher = { claim: ['kubernetes.io', 'pod', 'uid'], present: true }
  return { issuer: undefined, claims: [equals('sub', `system:serviceaccount:${namespace}:${account}`), pod] }
}

/** The name of a repository can be registered again after a deletion, so its number is part of the rule. */
function ofGithub(repository: string, options: PresetOptions): Preset {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw unusable('--github must be an owner and a repository: acme/deploy.')
  const { repositoryId, nameOnly, branch, environment, workflow } = options
  if (repositoryId === undefined && nameOnly !== true) {
    throw unusable(
      `Give the number of the repository with --repository-id. It is the "id" at https://api.github.com/repos/${repository}. With --name-only the rule trusts the next owner of the name.`,
    )
  }
  const where = one({ branch, environment, workflow }, '--github')
  const claims = [equals('repository', repository)]
  if (repositoryId !== undefined) claims.push(equals('repository_id', repositoryId))
  if (where.branch !== undefined) {
    // A pull request of a stranger can start pull_request_target on the base branch.
    claims.push(equals('ref', `refs/heads/${where.branch}`))
    claims.push({ claim: ['event_name'], one_of: ['push', 'workflow_dispatch', 'schedule'] })
  }
  if (where.environment !== undefined) claims.push(equals('environment', where.environment))
  if (where.workflow !== undefined) claims.push(equals('job_workflow_ref', where.workflow))
  return { issuer: 'github', claims }
}

function ofGitlab(project: string, { projectId, branch, environment }: PresetOptions): Preset {
  if (!/^[\w.-]+(\/[\w.-]+)+$/.test(project)) throw unusable('--gitlab must be a group and a project: acme/deploy.')
  if (projectId === undefined) {
    throw unusable('Give the number of the project with --project-id. GitLab shows it on the page of the project.')
  }
  const where = one({ branch, environment }, '--gitlab')
  const claims = [equals('project_path', project), equals('project_id', projectId), equals('ref_protected', 'true')]
  if (where.branch !== undefined) claims.push(equals('ref', where.branch), equals('ref_type', 'branch'))
  if (where.environment !== undefined) claims.push(equals('environment', where.environment))
  return { issuer: 'gitlab', claims }
}

/** A path that ends in a slash trusts every workload below it. */
function ofSpiffe(id: string): Preset {
  if (!/^spiffe:\/\/[a-z0-9._-]+\/./.test(id))
    throw unusable('--spiffe must be a SPIFFE ID: spiffe://example.org/worker.')
  return { issuer: undefined, claims: [id.endsWith('/') ? { claim: ['sub'], prefix: id } : equals('sub', id)] }
}

function one<Options extends Readonly<Record<string, string | undefined>>>(options: Options, preset: string): Options {
  if (Object.values(options).filter((value) => value !== undefined).length === 1) return options
  const flags = Object.keys(options).map((name) => `--${name}`)
  throw unusable(`Beside ${preset} give exactly one of ${flags.join(', ')}.`)
}

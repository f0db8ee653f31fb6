// The presets of trust rules: for each platform, the claims that distinguish its workloads.
import { accept, refuse, type Result } from './result.ts'

/** A matcher of a trust rule, in the form of the admin API. It has one member beside `claim`. */
export interface PresetMatcher {
  /** The path of names to the claim, from the outermost object inward. */
  readonly claim: readonly string[]
  /** The claim is this text. */
  readonly equals?: string
  /** The claim is one of these texts. */
  readonly one_of?: readonly string[]
  /** The claim begins with this text and is longer. */
  readonly prefix?: string
  /** The claim is any text that is not empty. */
  readonly present?: true
}

/** Where a job of a repository runs. */
export interface PresetPlace {
  /** A branch, a deployment environment, or on GitHub a `job_workflow_ref`. */
  readonly kind: 'branch' | 'environment' | 'workflow'
  /** Its name. */
  readonly name: string
}

/** The workloads of one platform that a trust rule names. */
export type TrustPreset =
  | { readonly platform: 'kubernetes'; readonly account: string }
  | {
      readonly platform: 'github'
      readonly repository: string
      /** Null: the rule trusts each later owner of the name too. */
      readonly repositoryId: string | null
      readonly place: PresetPlace | undefined
    }
  | {
      readonly platform: 'gitlab'
      readonly project: string
      readonly projectId: string
      readonly place: PresetPlace | undefined
    }
  | { readonly platform: 'spiffe'; readonly spiffeId: string }
  | { readonly platform: 'oidc'; readonly subject: string }

/** The first member of a preset that cannot be used. */
export type PresetFault =
  'account' | 'repository' | 'repositoryId' | 'project' | 'projectId' | 'place' | 'spiffeId' | 'subject'

const equals = (path: string, value: string): PresetMatcher => ({ claim: path.split('/'), equals: value })

const NUMBER = /^\d+$/

/**
 * Returns the matchers of the trust rule for a preset, or the member of the preset that is not usable.
 *
 * @example
 * ```ts
 * import { presetMatchers } from '@latchkey/protocol'
 *
 * const made = presetMatchers({ platform: 'kubernetes', account: 'payments/worker' })
 * console.log(made.ok && made.value[0]?.equals) // system:serviceaccount:payments:worker
 * ```
 */
export function presetMatchers(preset: TrustPreset): Result<PresetMatcher[], PresetFault> {
  switch (preset.platform) {
    case 'kubernetes':
      return ofKubernetes(preset.account)
    case 'github':
      return ofGithub(preset)
    case 'gitlab':
      return ofGitlab(preset)
    case 'spiffe':
      return ofSpiffe(preset.spiffeId)
    case 'oidc':
      return preset.subject === '' ? refuse('subject') : accept([equals('sub', preset.subject)])
  }
}

/**
 * Returns a matcher as one text for people. The path of a nested claim has slashes.
 *
 * @example
 * ```ts
 * import { matcherText } from '@latchkey/protocol'
 *
 * console.log(matcherText({ claim: ['repository'], equals: 'acme/deploy' })) // repository = acme/deploy
 * ```
 */
export function matcherText({ claim, equals, one_of: among, prefix }: PresetMatcher): string {
  const path = claim.join('/')
  if (equals !== undefined) return `${path} = ${equals}`
  if (among !== undefined) return `${path} is one of ${among.join(', ')}`
  return prefix === undefined ? `${path} is there` : `${path} begins with ${prefix}`
}

/** A legacy token of a service account names no pod, and does not expire. */
function ofKubernetes(text: string): Result<PresetMatcher[], PresetFault> {
  const [, namespace, account] = /^([a-z0-9.-]+)\/([a-z0-9.-]+)$/.exec(text) ?? []
  if (namespace === undefined || account === undefined) return refuse('account')
  const pod: PresetMatcher = { claim: ['kubernetes.io', 'pod', 'uid'], present: true }
  return accept([equals('sub', `system:serviceaccount:${namespace}:${account}`), pod])
}

/** A deleted repository's name can be registered again, so the number of the repository is part of the rule. */
function ofGithub({
  repository,
  repositoryId,
  place,
}: Extract<TrustPreset, { readonly platform: 'github' }>): Result<PresetMatcher[], PresetFault> {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) return refuse('repository')
  if (repositoryId !== null && !NUMBER.test(repositoryId)) return refuse('repositoryId')
  if (place === undefined || place.name === '') return refuse('place')
  const claims = [equals('repository', repository)]
  if (repositoryId !== null) claims.push(equals('repository_id', repositoryId))
  if (place.kind === 'environment') claims.push(equals('environment', place.name))
  if (place.kind === 'workflow') claims.push(equals('job_workflow_ref', place.name))
  if (place.kind === 'branch') {
    // A pull request from a stranger can start `pull_request_target` on the base branch.
    claims.push(equals('ref', `refs/heads/${place.name}`))
    claims.push({ claim: ['event_name'], one_of: ['push', 'workflow_dispatch', 'schedule'] })
  }
  return accept(claims)
}

function ofGitlab({
  project,
  projectId,
  place,
}: Extract<TrustPreset, { readonly platform: 'gitlab' }>): Result<PresetMatcher[], PresetFault> {
  if (!/^[\w.-]+(\/[\w.-]+)+$/.test(project)) return refuse('project')
  if (!NUMBER.test(projectId)) return refuse('projectId')
  if (place === undefined || place.name === '' || place.kind === 'workflow') return refuse('place')
  const claims = [equals('project_path', project), equals('project_id', projectId), equals('ref_protected', 'true')]
  if (place.kind === 'branch') claims.push(equals('ref', place.name), equals('ref_type', 'branch'))
  else claims.push(equals('environment', place.name))
  return accept(claims)
}

/** A path that ends in a slash trusts every workload below it. */
function ofSpiffe(id: string): Result<PresetMatcher[], PresetFault> {
  if (!/^spiffe:\/\/[a-z0-9._-]+\/./.test(id)) return refuse('spiffeId')
  return accept([id.endsWith('/') ? { claim: ['sub'], prefix: id } : equals('sub', id)])
}

// The options of latchkey trust add that name a preset, and the messages about missing options.
import { type PresetFault, presetMatchers, type PresetPlace, type TrustPreset } from '@latchkey/protocol'
import type { NewRule } from '../http/contract/admin-api.ts'
import { type CliFailure, unusable } from './cli-failure.ts'

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
  readonly claims: NewRule['claims']
}

/** Returns the rule that the options name. Throws `CliFailure` if they name none or more than one. */
export function presetOf(options: PresetOptions): Preset {
  const [preset, ...others] = presetsIn(options)
  if (preset === undefined || others.length > 0) {
    throw unusable('Give exactly one of --kubernetes, --github, --gitlab, --spiffe, --subject and --claims.')
  }
  const made = presetMatchers(preset)
  if (!made.ok) throw unusablePart(made.refusal, preset)
  const { platform } = preset
  return { issuer: platform === 'github' || platform === 'gitlab' ? platform : undefined, claims: made.value }
}

function presetsIn(options: PresetOptions): readonly TrustPreset[] {
  const { kubernetes: account, github: repository, gitlab: project, spiffe: spiffeId, subject } = options
  const { repositoryId = options.nameOnly === true ? null : '', projectId = '' } = options
  const place = placeIn(options)
  const presets: TrustPreset[] = []
  if (account !== undefined) presets.push({ platform: 'kubernetes', account })
  if (repository !== undefined) presets.push({ platform: 'github', repository, repositoryId, place })
  if (project !== undefined) presets.push({ platform: 'gitlab', project, projectId, place })
  if (spiffeId !== undefined) presets.push({ platform: 'spiffe', spiffeId })
  if (subject !== undefined) presets.push({ platform: 'oidc', subject })
  return presets
}

/**
 * Returns the branch, the environment or the workflow of the options. Undefined if they name none of the three, or more
 * than one.
 */
function placeIn(options: PresetOptions): PresetPlace | undefined {
  const kinds = (['branch', 'environment', 'workflow'] as const).filter((kind) => options[kind] !== undefined)
  const [kind] = kinds
  if (kind === undefined || kinds.length > 1) return undefined
  return { kind, name: options[kind] ?? '' }
}

function unusablePart(part: PresetFault, preset: TrustPreset): CliFailure {
  switch (part) {
    case 'account':
      return unusable('--kubernetes must be a namespace and a service account, such as payments/worker.')
    case 'repository':
      return unusable('--github must be an owner and a repository: acme/deploy.')
    case 'repositoryId':
      return unusable(
        `Give the number of the repository with --repository-id. It is the "id" at https://api.github.com/repos/${preset.platform === 'github' ? preset.repository : ''}. With --name-only the rule trusts the next owner of the name.`,
      )
    case 'project':
      return unusable('--gitlab must be a group and a project: acme/deploy.')
    case 'projectId':
      return unusable('Give the number of the project with --project-id. GitLab shows it on the page of the project.')
    case 'place':
      return unusable(
        preset.platform === 'github'
          ? 'With --github, give exactly one of --branch, --environment, --workflow.'
          : 'With --gitlab, give exactly one of --branch, --environment.',
      )
    case 'spiffeId':
      return unusable('--spiffe must be a SPIFFE ID: spiffe://example.org/worker.')
    case 'subject':
      return unusable('--subject must not be empty.')
  }
}

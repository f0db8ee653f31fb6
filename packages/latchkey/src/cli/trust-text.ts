// Reads a trust rule from one text, such as github:acme/deploy#12345@main.
import { unusable } from './cli-failure.ts'
import { type Preset, type PresetOptions, presetOf } from './trust-presets.ts'

export const TRUST_FORMS = `github:OWNER/REPO#ID@BRANCH, gitlab:GROUP/PROJECT#ID@BRANCH,
kubernetes:NAMESPACE/ACCOUNT, spiffe://DOMAIN/PATH or subject:TEXT.
In place of @BRANCH: @environment:NAME, and for GitHub @workflow:REF.`

export interface TextPreset extends Preset {
  readonly platform: 'github' | 'gitlab' | 'kubernetes' | 'spiffe' | 'oidc'
}

/** Returns the rule that the text describes. Throws `CliFailure` if the text has none of the forms in `TRUST_FORMS`. */
export function presetOfText(text: string): TextPreset {
  if (text.startsWith('spiffe://')) return { platform: 'spiffe', ...presetOf({ spiffe: text }) }
  const [, kind = '', rest = ''] = /^(\w+):(.+)$/.exec(text) ?? []
  switch (kind) {
    case 'kubernetes':
      return { platform: kind, ...presetOf({ kubernetes: rest }) }
    case 'subject':
      return { platform: 'oidc', ...presetOf({ subject: rest }) }
    case 'github': {
      const { project, id, place } = projectIn(rest)
      return { platform: kind, ...presetOf({ github: project, repositoryId: id, ...place }) }
    }
    case 'gitlab': {
      const { project, id, place } = projectIn(rest)
      return { platform: kind, ...presetOf({ gitlab: project, projectId: id, ...place }) }
    }
    default:
      throw unusable(`--trust must have one of these forms: ${TRUST_FORMS}`)
  }
}

/**
 * The text after `@` is a branch, or a kind and a name with a colon between them. The name of a branch contains no
 * colon (git check-ref-format).
 */
function projectIn(text: string): { readonly project: string; readonly id: string; readonly place: PresetOptions } {
  const [, project, id, where] = /^([^#@]+)#(\d+)@(.+)$/.exec(text) ?? []
  if (project === undefined || id === undefined || where === undefined) {
    throw unusable(
      '--trust must name the project, its number and the place: github:acme/deploy#12345@main. "latchkey trust add" has the other options.',
    )
  }
  const [, kind, name] = /^(environment|workflow):(.+)$/.exec(where) ?? []
  const place = kind === undefined ? { branch: where } : { [kind]: name }
  return { project, id, place }
}

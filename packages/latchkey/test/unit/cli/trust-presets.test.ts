// The presets of trust rules: the claims that each one makes, and the options that are refused.
import { describe, expect, test } from 'vitest'
import { CliFailure } from '../../../src/cli/cli-failure.ts'
import { type PresetOptions, presetOf } from '../../../src/cli/trust-presets.ts'
import { matchersFault } from '../../../src/domain/trust-rule.ts'
import type { Platform } from '../../../src/domain/trusted-issuer.ts'

const equals = (claim: string, text: string) => ({ claim: claim.split('/'), equals: text })
const REPOSITORY = [equals('repository', 'acme/deploy'), equals('repository_id', '12345')]
const PROJECT = [equals('project_path', 'acme/sub/deploy'), equals('project_id', '77'), equals('ref_protected', 'true')]
const EVENTS = { claim: ['event_name'], one_of: ['push', 'workflow_dispatch', 'schedule'] }
const WORKFLOW = 'acme/flows/.github/workflows/deploy.yml@refs/heads/main'
const github = { github: 'acme/deploy', repositoryId: '12345' }
const gitlab = { gitlab: 'acme/sub/deploy', projectId: '77' }

test.each<[what: string, platform: Platform, options: PresetOptions, issuer: string | undefined, claims: unknown[]]>([
  [
    'a service account',
    'kubernetes',
    { kubernetes: 'payments/worker' },
    undefined,
    [equals('sub', 'system:serviceaccount:payments:worker'), { claim: ['kubernetes.io', 'pod', 'uid'], present: true }],
  ],
  [
    'a branch on GitHub',
    'github',
    { ...github, branch: 'release/1' },
    'github',
    [...REPOSITORY, equals('ref', 'refs/heads/release/1'), EVENTS],
  ],
  [
    'an environment on GitHub',
    'github',
    { ...github, environment: 'production' },
    'github',
    [...REPOSITORY, equals('environment', 'production')],
  ],
  [
    'a workflow on GitHub',
    'github',
    { ...github, workflow: WORKFLOW },
    'github',
    [...REPOSITORY, equals('job_workflow_ref', WORKFLOW)],
  ],
  [
    'a repository by its name alone',
    'github',
    { github: 'acme/deploy', nameOnly: true, environment: 'production' },
    'github',
    [equals('repository', 'acme/deploy'), equals('environment', 'production')],
  ],
  [
    'a branch on GitLab',
    'gitlab',
    { ...gitlab, branch: 'main' },
    'gitlab',
    [...PROJECT, equals('ref', 'main'), equals('ref_type', 'branch')],
  ],
  [
    'an environment on GitLab',
    'gitlab',
    { ...gitlab, environment: 'production' },
    'gitlab',
    [...PROJECT, equals('environment', 'production')],
  ],
  ['a SPIFFE ID', 'spiffe', { spiffe: 'spiffe://a.test/b' }, undefined, [equals('sub', 'spiffe://a.test/b')]],
  [
    'all SPIFFE IDs below a path',
    'spiffe',
    { spiffe: 'spiffe://a.test/b/' },
    undefined,
    [{ claim: ['sub'], prefix: 'spiffe://a.test/b/' }],
  ],
  ['a subject', 'oidc', { subject: 'a/b' }, undefined, [equals('sub', 'a/b')]],
])('the preset for %s makes a rule that the server accepts', (_what, platform, options, issuer, claims) => {
  const preset = presetOf(options)
  expect(preset).toEqual({ issuer, claims })
  const matchers = preset.claims.map(({ one_of: oneOf, ...matcher }) => (oneOf ? { ...matcher, oneOf } : matcher))
  expect(matchersFault(matchers as Parameters<typeof matchersFault>[0], platform)).toBeUndefined()
})

describe('the options of a trust rule', () => {
  test.each<[what: string, options: PresetOptions, says: string]>([
    ['no preset', {}, 'Give exactly one of --kubernetes, --github'],
    ['two presets', { kubernetes: 'a/b', subject: 'x' }, 'Give exactly one of --kubernetes, --github'],
    ['a namespace alone', { kubernetes: 'payments' }, '--kubernetes must be'],
    ['a namespace of all', { kubernetes: '*/worker' }, '--kubernetes must be'],
    ['a service account with a colon', { kubernetes: 'payments/a:b' }, '--kubernetes must be'],
    ['a third part', { kubernetes: 'payments/worker/x' }, '--kubernetes must be'],
    ['an owner alone', { ...github, github: 'acme', branch: 'main' }, '--github must be'],
    ['all repositories', { ...github, github: 'acme/*', branch: 'main' }, '--github must be'],
    ['no number of the repository', { github: 'acme/deploy', branch: 'main' }, '--repository-id'],
    ['a repository without a place', github, 'With --github, give exactly one of'],
    ['a branch and an environment', { ...github, branch: 'a', environment: 'b' }, 'With --github, give exactly one of'],
    ['a project without a group', { ...gitlab, gitlab: 'deploy', branch: 'main' }, '--gitlab must be'],
    ['no number of the project', { gitlab: 'acme/deploy', branch: 'main' }, '--project-id'],
    ['a project without a place', gitlab, 'With --gitlab, give exactly one of --branch, --environment.'],
    ['a trust domain alone', { spiffe: 'spiffe://a.test' }, '--spiffe must be'],
    ['a trust domain and a slash', { spiffe: 'spiffe://a.test/' }, '--spiffe must be'],
    ['a URL', { spiffe: 'https://a.test/b' }, '--spiffe must be'],
  ])('are refused with %s', (_what, options, says) => {
    const refused = () => presetOf(options)
    expect(refused).toThrow(CliFailure)
    expect(refused).toThrow(says)
  })
})

// The claims of the tokens that platforms give to workloads, with the names that the documentation uses.
import type { Platform } from '../domain/trusted-issuer.ts'

export type Json = Readonly<Record<string, unknown>>

export interface PlatformClaims {
  /** The lifetime of a token, from `iat` to `exp`, in seconds. */
  readonly lifetime: number
  /** True if the platform writes `aud` as an array. */
  readonly hasArrayAudience: boolean
  readonly claims: Json
}

/** Returns the claims other than `aud`, `jti` and the times. */
export function platformClaims(platform: Platform): PlatformClaims {
  switch (platform) {
    case 'kubernetes':
      return { lifetime: 3600, hasArrayAudience: true, claims: POD }
    case 'github':
      return { lifetime: 300, hasArrayAudience: false, claims: WORKFLOW }
    case 'gitlab':
      return { lifetime: 3600, hasArrayAudience: false, claims: JOB }
    case 'spiffe':
      return { lifetime: 300, hasArrayAudience: true, claims: { sub: 'spiffe://example.org/worker' } }
    case 'oidc':
      return { lifetime: 3600, hasArrayAudience: false, claims: CLOUD_ACCOUNT }
  }
}

const POD: Json = {
  iss: 'https://kubernetes.default.svc.cluster.local',
  sub: 'system:serviceaccount:payments:worker',
  'kubernetes.io': {
    namespace: 'payments',
    node: { name: 'node-1', uid: '2c1e8b0a-0000-4000-8000-000000000001' },
    pod: { name: 'worker-1', uid: '2c1e8b0a-0000-4000-8000-000000000002' },
    serviceaccount: { name: 'worker', uid: '2c1e8b0a-0000-4000-8000-000000000003' },
  },
}

const WORKFLOW: Json = {
  iss: 'https://token.actions.githubusercontent.com',
  sub: 'repo:acme/deploy:ref:refs/heads/main',
  repository: 'acme/deploy',
  repository_id: '12345',
  repository_owner: 'acme',
  ref: 'refs/heads/main',
  ref_type: 'branch',
  event_name: 'push',
  job_workflow_ref: 'acme/deploy/.github/workflows/release.yml@refs/heads/main',
  run_id: '1001',
  run_attempt: '1',
}

const JOB: Json = {
  iss: 'https://gitlab.com',
  sub: 'project_path:acme/deploy:ref_type:branch:ref:main',
  project_id: '77',
  project_path: 'acme/deploy',
  namespace_path: 'acme',
  ref: 'main',
  ref_type: 'branch',
  ref_protected: 'true',
  job_id: '2002',
  pipeline_source: 'push',
}

const CLOUD_ACCOUNT: Json = { iss: 'https://accounts.google.com', sub: '112233445566778899000' }

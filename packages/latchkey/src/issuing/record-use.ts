// Records the use of an assertion in a request that issues no token: introspection, revocation or the feed.
import { accept, refuse } from '@latchkey/protocol'
import type { CommitQueue } from '../commit/commit-queue.ts'
import type { PendingCommit } from '../commit/pending-commit.ts'
import { admitClient } from '../domain/admission.ts'
import { isTrusted } from '../domain/trusted-issuer.ts'
import type { AssertionUses } from '../ports/assertion-uses.ts'
import type { Clock } from '../ports/clock.ts'
import { StoreUnavailable } from '../ports/store.ts'
import type { TrustedIssuerSnapshot } from '../state/trusted-issuer-snapshot.ts'
import { noLongerTrusted, type PresentsAssertion, stageUse } from './stage-use.ts'

type Outcome = Awaited<ReturnType<AssertionUses['record']>> | 'outcome_unknown'

export const assertionUses = (
  queue: CommitQueue,
  clock: Clock,
  trustedIssuers: TrustedIssuerSnapshot,
): AssertionUses => ({
  record: (client, requester) =>
    new Promise((resolve, reject) => {
      const request: PresentsAssertion = { client, useState: 'unused' }
      let outcome: Outcome = accept(undefined)
      const work: PendingCommit = {
        rank: 'revoke',
        earlier: 'none',
        stage: (batch) => {
          const now = clock.now()
          const admitted = admitClient(batch.state(client.clientId), { client, requester }, now)
          if (!admitted.ok) outcome = refuse(admitted.refusal)
          else if (!isTrusted(batch.get(trustedIssuers), client.issuerId)) {
            outcome = refuse(noLongerTrusted(client.clientId))
          } else outcome = stageUse(batch, request, now)
        },
        settle: () => {
          if (outcome === 'outcome_unknown') reject(new StoreUnavailable('the outcome of the commit is unknown'))
          else resolve(outcome)
        },
        fail: reject,
      }
      queue.enqueue(work)
    }),
})

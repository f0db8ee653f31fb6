// Kills the server under load, at full length.
import { expect, test } from 'vitest'
import { runCrashes } from './crash-rounds.ts'

const MINUTE = 60_000

test(
  'after 200 kills at random moments under load, no superseded token is accepted again and no acknowledged token is lost',
  async () => {
    const outcome = await runCrashes(200)
    expect(outcome.violations).toEqual([])
    expect(outcome.unansweredIssues).toBeGreaterThan(100)
    expect(outcome.liveAfterRestart).toBeGreaterThan(400)
  },
  30 * MINUTE,
)

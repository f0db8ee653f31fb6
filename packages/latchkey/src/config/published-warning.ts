// Warns that the listeners use plain HTTP beyond loopback addresses. The operator has allowed this for a container
// whose ports are published only on loopback.
import type { Config } from './config.ts'
import type { ConfigProblem } from './config-problem.ts'

export const PUBLISHED_ON_LOOPBACK: ConfigProblem = {
  setting: 'LATCHKEY_PUBLISHED_ON',
  problem: 'is loopback: the listeners speak plain HTTP, and the server cannot see where their ports are published',
  cure: 'Publish both ports only on 127.0.0.1. For any other address use TLS, or a proxy that terminates TLS.',
}

/** Returns the warning. Undefined if LATCHKEY_PUBLISHED_ON is not set. */
export const publishedWarning = ({ adminListener }: Config): ConfigProblem | undefined =>
  adminListener.publishedOn === undefined ? undefined : PUBLISHED_ON_LOOPBACK

// Makes a guard for a test server, and closes the guard with the test.
import { onTestFinished } from 'vitest'
import type { TestIntegration, TestServer } from '../../latchkey/test/a-server.ts'
import { createGuard, type Guard } from '../src/guard.ts'
import type { GuardEvent } from '../src/guard-event.ts'
import type { GuardOptions, Liveness } from '../src/guard-options.ts'

export const AUDIENCE = 'api://default'

export interface TestGuard extends Guard {
  readonly events: readonly GuardEvent[]
}

export interface TestGuardOptions {
  readonly liveness: Liveness
  /** The guard's integration has the resource-server right if the mode needs it. */
  readonly reader?: TestIntegration
  /** The address of the server, if it differs from the server's own address. */
  readonly options?: Partial<GuardOptions>
}

export function aGuard(server: Pick<TestServer, 'issuer'>, desired: TestGuardOptions): TestGuard {
  const guard = startGuard(server, desired)
  onTestFinished(() => guard.close())
  return guard
}

/** Makes a guard for a whole suite: the caller closes the guard. */
export function startGuard({ issuer }: Pick<TestServer, 'issuer'>, desired: TestGuardOptions): TestGuard {
  const { liveness, reader, options } = desired
  const events: GuardEvent[] = []
  const guard = createGuard({
    issuer: new URL(issuer),
    audience: AUDIENCE,
    liveness,
    ...(reader !== undefined && {
      credentials: { clientId: reader.clientId, clientSecret: reader.clientSecret.reveal() },
    }),
    onEvent: (event) => void events.push(event),
    ...options,
  })
  return { ...guard, events }
}

/** The answer to a request with this token: its status, and the reason of a refusal. */
export async function verdictOf(guard: Guard, token: string, scope: Parameters<Guard['check']>[1]): Promise<string> {
  const decision = await guard.check(`Bearer ${token}`, scope)
  return decision.ok ? '200' : `${decision.status} ${decision.reason}`
}

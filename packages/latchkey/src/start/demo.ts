// The integration that a first start makes, so that there is something to try.
import type { Secret } from '@latchkey/protocol'
import { REPLACE } from '../domain/issue-mode.ts'
import { MODEL, PREDICT } from '../domain/reference-catalog.ts'
import { createIntegration, type CreateIntegrationPorts } from '../operations/create-integration.ts'

export interface Demo {
  readonly name: string
  readonly clientId: string
  readonly clientSecret: Secret
}

export async function createDemo(ports: CreateIntegrationPorts): Promise<Demo> {
  const name = 'Demo'
  const created = await createIntegration(ports, {
    name,
    description: 'Made by the first start, to try the server with',
    scopes: [PREDICT, MODEL],
    resourceServerFor: [],
    mode: REPLACE,
    graceSeconds: 0,
  })
  if (!created.ok) throw new Error(`the demo integration was refused: ${created.refusal.reason}`)
  return { name, clientId: created.value.clientId, clientSecret: created.value.clientSecret }
}

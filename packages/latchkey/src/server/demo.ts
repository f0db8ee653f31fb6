// The demo integration that the first start makes.
import type { Secret } from '@latchkey/protocol'
import { SYSTEM } from '../domain/audit-event.ts'
import { MODEL, PREDICT } from '../domain/reference-catalog.ts'
import { createIntegration, type CreateIntegrationPorts } from '../operations/create-integration.ts'

export interface Demo {
  readonly name: string
  readonly clientId: string
  readonly clientSecret: Secret
}

export async function createDemo(ports: CreateIntegrationPorts): Promise<Demo> {
  const name = 'Demo'
  const created = await createIntegration(ports, SYSTEM, {
    name,
    description: 'Made by the first start, to try the server',
    scopes: [PREDICT, MODEL],
  })
  if (!created.ok) throw new Error(`the demo integration was refused: ${created.refusal.reason}`)
  const { integration, clientSecret } = created.value
  if (clientSecret === undefined) throw new Error('the demo integration was made without a secret of its own')
  return { name, clientId: integration.state.integration.clientId, clientSecret }
}

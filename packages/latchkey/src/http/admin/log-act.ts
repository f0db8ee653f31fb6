// One line in the log for each act of an operator: who, what, on which integration. Names, which are free text, stay out.
import type { FastifyRequest } from 'fastify'
import type { Logger } from '../../log.ts'
import type { IntegrationView } from './integration-schemas.ts'

type Act = 'integration.created' | 'integration.disabled' | 'integration.enabled' | 'integration.deleted'

export function logAct(logger: Logger, request: FastifyRequest, event: Act, { id, client_id }: IntegrationView): void {
  logger.info(
    {
      event,
      request_id: request.id,
      admin_key_id: request.adminKeyId,
      integration_id: id,
      client_id,
      'client.address': request.ip,
    },
    event.replace('.', ' '),
  )
}

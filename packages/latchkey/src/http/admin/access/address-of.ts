// Where an administrative request came from.
import type { FastifyRequest } from 'fastify'

/** Empty when the peer has reset the connection since: then nobody knows any more. */
export const addressOf = ({ socket }: FastifyRequest): string => socket.remoteAddress ?? ''

// The proxy that the gateway is compared with: @fastify/reply-from on Fastify, without a token check and without a log.
import replyFrom from '@fastify/reply-from'
import { fastify } from 'fastify'
import { answerJobs } from '../jobs.ts'

export interface ReplyFromJob {
  /** The origin of the upstream. */
  readonly upstream: string
}

/** Starts the proxy. The result of the job is the proxy's origin. */
answerJobs<ReplyFromJob, string>(async ({ upstream }) => {
  const app = fastify({ keepAliveTimeout: 65_000, requestTimeout: 60_000 })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => {
    done(null, payload)
  })
  await app.register(replyFrom, {
    base: upstream,
    undici: { connections: 256, pipelining: 1 },
    disableRequestLogging: true,
  })
  app.route({ method: ['GET', 'POST'], url: '*', handler: (_request, reply) => reply.from() })
  return app.listen({ host: '127.0.0.1', port: 0 })
})

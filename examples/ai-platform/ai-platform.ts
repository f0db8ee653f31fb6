// The sandbox: the five APIs behind one address. It trusts the identity headers, so only the gateway may reach it.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { fastify } from 'fastify'
import { addAsyncChunkingApi } from './async-chunking-api.ts'
import { addAsyncPredictionApi } from './async-prediction-api.ts'
import { addModelsApi } from './models-api.ts'
import { addPredictionApi } from './prediction-api.ts'
import type { SandboxServer } from './sandbox-server.ts'
import { addUseCaseApi } from './use-case-api.ts'

export interface SandboxPace {
  /** The time until an asynchronous job is ready. */
  readonly workMilliseconds: number
  /** The time between two words of a streamed prediction. */
  readonly wordMilliseconds: number
}

// The documented requests carry up to a megabyte of text, and JSON needs some more.
const LARGEST_BODY = 2 * 1024 * 1024

/** Returns a server that does not listen yet. Each answer names the calling integration in `Sandbox-Called-By`. */
export function createAiPlatform({ workMilliseconds, wordMilliseconds }: SandboxPace): SandboxServer {
  const app: SandboxServer = fastify({ bodyLimit: LARGEST_BODY }).withTypeProvider<TypeBoxTypeProvider>()
  app.decorateRequest('caller', '')
  app.addHook('onRequest', async (request, reply) => {
    const caller = request.headers['x-latchkey-client-id']
    if (typeof caller !== 'string' || caller === '') {
      return reply
        .code(403)
        .send({ error: 'forbidden', message: 'The request has no identity: send it through the gateway.' })
    }
    request.caller = caller
    void reply.header('sandbox-called-by', caller)
  })
  addUseCaseApi(app)
  addPredictionApi(app, wordMilliseconds)
  addAsyncPredictionApi(app, workMilliseconds)
  addAsyncChunkingApi(app, workMilliseconds)
  addModelsApi(app)
  return app
}

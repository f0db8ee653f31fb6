// Async Chunking API: submit texts, poll for their chunks.
import { Jobs } from './jobs.ts'
import { Type } from 'typebox'
import { notThere, type SandboxServer } from './sandbox-server.ts'
import { ChunkingRequest, JobParameters } from './schemas.ts'
import { type Chunk, chunkBySentence } from './sentence-chunker.ts'

interface ChunkedText {
  readonly chunks: readonly Chunk[]
}

export function addAsyncChunkingApi(app: SandboxServer, workMilliseconds: number): void {
  const jobs = new Jobs<readonly ChunkedText[]>(workMilliseconds)

  const params = Type.Object({ chunker: Type.String(), modelId: Type.String() })
  app.post('/ai/async-chunking/:chunker/:modelId', { schema: { params, body: ChunkingRequest } }, (request, reply) => {
    if (request.params.chunker !== 'sentence') return notThere(reply, 'chunker: this sandbox has "sentence" alone')
    const { chunkSize = 5, overlapSize = 1 } = request.body.chunkerConfig ?? {}
    if (overlapSize >= chunkSize) {
      return reply.code(400).send({ error: 'bad_request', message: 'overlapSize must be less than chunkSize.' })
    }
    const chunkedData = request.body.batch.map(({ text }) => ({
      chunks: chunkBySentence(text, { chunkSize, overlapSize }),
    }))
    return reply.send({ chunkingId: jobs.submit(request.caller, chunkedData), status: 'SUBMITTED' })
  })

  app.get('/ai/async-chunking/:id', { schema: { params: JobParameters } }, (request, reply) => {
    const { id } = request.params
    const poll = jobs.poll(request.caller, id)
    if (poll === undefined) return notThere(reply, 'chunking')
    return reply.send({ chunkingId: id, status: poll.status, ...(poll.result && { chunkedData: poll.result }) })
  })
}

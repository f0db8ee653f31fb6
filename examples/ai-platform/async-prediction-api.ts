// Async Prediction API: submit a batch, poll for its predictions, with the current token of the integration.
import { Jobs } from './jobs.ts'
import { type Prediction, predict } from './predictions.ts'
import { notThere, type SandboxServer } from './sandbox-server.ts'
import { JobParameters, PredictionRequest, UseCaseParameters } from './schemas.ts'

export function addAsyncPredictionApi(app: SandboxServer, workMilliseconds: number): void {
  const jobs = new Jobs<readonly Prediction[]>(workMilliseconds)

  const schema = { params: UseCaseParameters, body: PredictionRequest }
  app.post('/ai/async-prediction/:useCase/:modelId', { schema }, (request, reply) => {
    const predictions = predict(request.params, request.body.batch)
    if (predictions === undefined) return notThere(reply, 'use case or model')
    return reply.send({ predictionId: jobs.submit(request.caller, predictions), status: 'SUBMITTED' })
  })

  app.get('/ai/async-prediction/:id', { schema: { params: JobParameters } }, (request, reply) => {
    const { id } = request.params
    const poll = jobs.poll(request.caller, id)
    if (poll === undefined) return notThere(reply, 'prediction')
    return reply.send({ predictionId: id, status: poll.status, ...(poll.result && { predictions: poll.result }) })
  })
}

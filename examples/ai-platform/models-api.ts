// Models API: the models of a customer and their deployments, from a list in memory. None of them is a real model.
import { Type } from 'typebox'
import { notThere, type SandboxServer } from './sandbox-server.ts'
import { MODEL_ID } from './toy-models.ts'

const DEPLOYMENTS = [
  { id: '6b1c2a40-5d1e-4f0e-9b59-2f6f3b1f7a11', modelId: MODEL_ID, region: 'sandbox', state: 'DEPLOYED' },
]

const MODELS = [
  { id: MODEL_ID, name: 'Sandbox', modelType: 'toy', region: 'sandbox', state: 'AVAILABLE', deployments: DEPLOYMENTS },
  { id: 'sandbox-2', name: 'Sandbox, idle', modelType: 'toy', region: 'sandbox', state: 'AVAILABLE', deployments: [] },
]

const Customer = { customerId: Type.String() }

/** Every customer has the same models. */
export function addModelsApi(app: SandboxServer): void {
  const params = Type.Object(Customer)
  app.get('/customers/:customerId/ai/models', { schema: { params } }, () => MODELS)
  app.get('/customers/:customerId/ai/deployments', { schema: { params } }, () => DEPLOYMENTS)

  const oneModel = { schema: { params: Type.Object({ ...Customer, modelId: Type.String() }) } }
  app.get('/customers/:customerId/ai/models/:modelId', oneModel, (request, reply) => {
    const model = MODELS.find(({ id }) => id === request.params.modelId)
    return model === undefined ? notThere(reply, 'model') : reply.send(model)
  })
  app.get('/customers/:customerId/ai/models/:modelId/deployments', oneModel, (request, reply) => {
    const model = MODELS.find(({ id }) => id === request.params.modelId)
    return model === undefined ? notThere(reply, 'model') : reply.send(model.deployments)
  })

  const oneDeployment = { schema: { params: Type.Object({ ...Customer, deploymentId: Type.String() }) } }
  app.get('/customers/:customerId/ai/deployments/:deploymentId', oneDeployment, (request, reply) => {
    const deployment = DEPLOYMENTS.find(({ id }) => id === request.params.deploymentId)
    return deployment === undefined ? notThere(reply, 'deployment') : reply.send(deployment)
  })
}

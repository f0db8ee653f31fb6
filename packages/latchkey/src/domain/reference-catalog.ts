// The two scopes and five APIs of the reference platform. Every new store begins with these scopes and APIs.
import type { Scope } from '@latchkey/protocol'

export const PREDICT = 'machinelearning.predict' as Scope
export const MODEL = 'machinelearning.model' as Scope

export const REFERENCE_SCOPES: readonly { readonly name: Scope; readonly description: string }[] = [
  { name: MODEL, description: 'List, read and deploy models' },
  { name: PREDICT, description: 'Run use cases, predictions and chunking' },
]

export interface ReferenceApi {
  readonly name: string
  readonly scope: Scope
  readonly description: string
  readonly routes: readonly string[]
}

export const REFERENCE_APIS: readonly ReferenceApi[] = [
  {
    name: 'Models API',
    scope: MODEL,
    description: 'Models and their deployments',
    routes: ['/customers/{customerId}/ai/models/**', '/customers/{customerId}/ai/deployments/**'],
  },
  {
    name: 'Use Case API',
    scope: PREDICT,
    description: 'The use cases that can be called',
    routes: ['/ai/usecase/**'],
  },
  {
    name: 'Prediction API',
    scope: PREDICT,
    description: 'Predictions, answered at once',
    routes: ['/ai/prediction/**', '/ai/prompt/**', '/ai/tokenization/**'],
  },
  {
    name: 'Async Prediction API',
    scope: PREDICT,
    description: 'Predictions, fetched when they are ready',
    routes: ['/ai/async-prediction/**'],
  },
  {
    name: 'Async Chunking API',
    scope: PREDICT,
    description: 'Texts cut into chunks, fetched when they are ready',
    routes: ['/ai/async-chunking/**'],
  },
]

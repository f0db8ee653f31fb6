// The two scopes and five APIs that a new store holds: those of the reference platform.
import type { Scope } from '@latchkey/protocol'

export const PREDICT = 'machinelearning.predict' as Scope
export const MODEL = 'machinelearning.model' as Scope

export const REFERENCE_SCOPES: readonly { readonly name: Scope; readonly description: string }[] = [
  { name: MODEL, description: 'List, read and deploy models' },
  { name: PREDICT, description: 'Run use cases, predictions and chunking' },
]

export const REFERENCE_APIS: readonly { readonly name: string; readonly scope: Scope; readonly description: string }[] =
  [
    { name: 'Models API', scope: MODEL, description: 'Models and their deployments' },
    { name: 'Use Case API', scope: PREDICT, description: 'The use cases that can be called' },
    { name: 'Prediction API', scope: PREDICT, description: 'Predictions, answered at once' },
    { name: 'Async Prediction API', scope: PREDICT, description: 'Predictions, fetched when they are ready' },
    { name: 'Async Chunking API', scope: PREDICT, description: 'Texts cut into chunks, fetched when they are ready' },
  ]

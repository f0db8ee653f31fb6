// Use Case API: the use cases of each model.
import type { SandboxServer } from './sandbox-server.ts'
import { MODEL_ID, USE_CASES } from './toy-models.ts'

export function addUseCaseApi(app: SandboxServer): void {
  const useCases = USE_CASES.map(({ name, description }) => ({ name, description, models: [{ id: MODEL_ID }] }))
  app.get('/ai/usecase', () => ({ useCases }))
}

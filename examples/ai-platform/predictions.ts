// Makes one prediction for each text of a batch, in the documented form.
import { MODEL_ID, tokensOf, USE_CASES } from './toy-models.ts'

export interface Prediction {
  readonly response: string
  readonly tokensUsed: { readonly inputTokens: number; readonly outputTokens: number }
}

/** Undefined if there is no such use case or model. */
export function predict(
  { useCase, modelId }: { readonly useCase: string; readonly modelId: string },
  batch: readonly { readonly text: string }[],
): readonly Prediction[] | undefined {
  const requested = USE_CASES.find(({ name }) => name === useCase)
  if (requested === undefined || modelId !== MODEL_ID) return undefined
  return batch.map(({ text }) => {
    const response = requested.answer(text)
    const tokensUsed = { inputTokens: tokensOf(text).length, outputTokens: tokensOf(response).length }
    return { response, tokensUsed }
  })
}

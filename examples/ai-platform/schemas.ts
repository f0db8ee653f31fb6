// The shapes that several of the five APIs share.
import { Type } from 'typebox'

/** Members that an API ignores: the documented requests contain many that a sandbox does not need. */
const Settings = Type.Record(Type.String(), Type.Unknown())

export const Batch = Type.Array(Type.Object({ text: Type.String() }), { minItems: 1, maxItems: 32 })

export const PredictionRequest = Type.Object({
  batch: Batch,
  useCaseConfig: Type.Optional(Settings),
  modelConfig: Type.Optional(Settings),
})

export const UseCaseParameters = Type.Object({ useCase: Type.String(), modelId: Type.String() })

export const JobParameters = Type.Object({ id: Type.String({ format: 'uuid' }) })

export const ChunkingRequest = Type.Object({
  ...PredictionRequest.properties,
  chunkerConfig: Type.Optional(
    Type.Object({
      chunkSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      overlapSize: Type.Optional(Type.Integer({ minimum: 0, maximum: 99 })),
    }),
  ),
})

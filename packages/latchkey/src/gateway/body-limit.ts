// Limits the size of a body that does not declare its length.
import { Transform, type TransformCallback } from 'node:stream'
import { BODY_TOO_LARGE } from './upstreams.ts'

export class BodyLimit extends Transform {
  #left: number

  constructor(bytes: number) {
    super()
    this.#left = bytes
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#left -= chunk.length
    if (this.#left >= 0) done(null, chunk)
    else done(Object.assign(new Error('the body is too large'), { code: BODY_TOO_LARGE }))
  }
}

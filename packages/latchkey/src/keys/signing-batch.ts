// The messages between the main thread and a signing thread: many inputs in one buffer, their signatures in one.
import type { KeyObject } from 'node:crypto'

/** What a thread needs of a key. */
export interface ThreadKey {
  readonly privateKey: KeyObject
  readonly digest: 'sha256' | null
  readonly signatureBytes: number
}

export interface SigningBatch {
  /** Undefined if it is the key of the batch before. */
  readonly key: ThreadKey | undefined
  /** As `packInputs` makes it. */
  readonly inputs: Uint8Array<ArrayBuffer>
}

export type SignedBatch =
  /** In the order of the inputs. All signatures of a key have the same length. */
  | { readonly signatures: Uint8Array<ArrayBuffer> }
  /** No input of the batch is signed. */
  | { readonly failure: unknown }

const LENGTH_BYTES = 4

/** ASCII texts one after the other, each behind its length. */
export function packInputs(inputs: readonly string[]): Uint8Array<ArrayBuffer> {
  const size = inputs.reduce((sum, input) => sum + LENGTH_BYTES + input.length, 0)
  // A buffer of its own: it is handed over to the other thread, and Node's pool must not go with it.
  const packed = Buffer.allocUnsafeSlow(size)
  let end = 0
  for (const input of inputs) {
    end = packed.writeUInt32LE(input.length, end)
    end += packed.write(input, end, 'latin1')
  }
  return packed
}

/** Views on the packed texts, in their order. */
export function unpackInputs({ buffer }: Uint8Array<ArrayBuffer>): readonly Uint8Array[] {
  const packed = Buffer.from(buffer)
  const inputs: Uint8Array[] = []
  for (let end = 0; end < packed.length;) {
    const begin = end + LENGTH_BYTES
    end = begin + packed.readUInt32LE(end)
    inputs.push(packed.subarray(begin, end))
  }
  return inputs
}

// The messages between the main thread and a signing thread. A request has all its inputs in one buffer, and its answer
// has all their signatures in another buffer.
import type { KeyObject } from 'node:crypto'

/** The parts of a key that a thread needs. */
export interface ThreadKey {
  readonly privateKey: KeyObject
  readonly digest: 'sha256' | null
  readonly signatureBytes: number
}

export interface SigningBatch {
  /** The key that signs the batch. Undefined if the previous batch had the same key. */
  readonly key: ThreadKey | undefined
  /** The inputs in the form that `packInputs` returns. */
  readonly inputs: Uint8Array<ArrayBuffer>
}

export type SignedBatch =
  /** The signatures in the order of the inputs. All signatures of a key have the same length. */
  | { readonly signatures: Uint8Array<ArrayBuffer> }
  /** The error because of which no input of the batch was signed. */
  | { readonly failure: unknown }

const LENGTH_BYTES = 4

/** Packs ASCII texts into one buffer. The length of each text precedes the text. */
export function packInputs(inputs: readonly string[]): Uint8Array<ArrayBuffer> {
  const size = inputs.reduce((sum, input) => sum + LENGTH_BYTES + input.length, 0)
  // The buffer is transferred to another thread, so it must not be a part of Node's shared buffer pool.
  const packed = Buffer.allocUnsafeSlow(size)
  let end = 0
  for (const input of inputs) {
    end = packed.writeUInt32LE(input.length, end)
    end += packed.write(input, end, 'latin1')
  }
  return packed
}

/** Returns a view of each packed text, in the order in which they were packed. */
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

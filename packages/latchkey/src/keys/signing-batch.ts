// The messages between the main thread and a signing thread. One buffer holds many inputs, and another holds their
// signatures.
import type { KeyObject } from 'node:crypto'

/** The parts of a key that a thread needs. */
export interface ThreadKey {
  readonly privateKey: KeyObject
  readonly digest: 'sha256' | null
  readonly signatureBytes: number
}

export interface SigningBatch {
  /** The key. Undefined if it is the key of the previous batch. */
  readonly key: ThreadKey | undefined
  /** The inputs, which `packInputs` has packed. */
  readonly inputs: Uint8Array<ArrayBuffer>
}

export type SignedBatch =
  /** The signatures in the order of the inputs. All signatures of a key have the same length. */
  | { readonly signatures: Uint8Array<ArrayBuffer> }
  /** An error: no input of the batch was signed. */
  | { readonly failure: unknown }

const LENGTH_BYTES = 4

/** Packs ASCII texts into one buffer, each with its length before it. */
export function packInputs(inputs: readonly string[]): Uint8Array<ArrayBuffer> {
  const size = inputs.reduce((sum, input) => sum + LENGTH_BYTES + input.length, 0)
  // Allocates a separate buffer, because it is transferred to the other thread and Node's buffer pool must stay.
  const packed = Buffer.allocUnsafeSlow(size)
  let end = 0
  for (const input of inputs) {
    end = packed.writeUInt32LE(input.length, end)
    end += packed.write(input, end, 'latin1')
  }
  return packed
}

/** Returns views on the packed texts, in their order. */
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

// One signing thread. It signs one batch at a time. If its worker ends, the next batch starts a new one.
import type { Worker } from 'node:worker_threads'
import { startThread } from '../program-files.ts'
import type { Signed } from '../ports/signer.ts'
import { packInputs, type SignedBatch, type SigningBatch } from './signing-batch.ts'
import type { OpenedKey } from './signing-keys.ts'

/** A token that must be signed. */
export interface SigningJob {
  /** The key that the `kid` in the input names. */
  readonly key: OpenedKey
  readonly input: string
  readonly signed: Signed
}

export class SigningThread {
  readonly #onIdle: () => void
  #worker: Worker | undefined
  /** The key that the worker has now. */
  #key: OpenedKey | undefined
  #batch: readonly SigningJob[] | undefined
  #isClosed = false

  /** `onIdle` is called when a batch is done or has failed, before its jobs get their answers. */
  constructor(onIdle: () => void) {
    this.#onIdle = onIdle
  }

  get isIdle(): boolean {
    return this.#batch === undefined && !this.#isClosed
  }

  /** Starts the worker if none runs. The first batch would also start it, but would have to wait for it. */
  start(): Worker {
    return (this.#worker ??= this.#startWorker())
  }

  /** Signs a batch. Only for an idle thread. All jobs must have the same key. */
  sign(batch: readonly SigningJob[]): void {
    const worker = this.start()
    const [first] = batch
    const key = first === undefined || first.key === this.#key ? undefined : first.key
    this.#key = key ?? this.#key
    this.#batch = batch
    const inputs = packInputs(batch.map(({ input }) => input))
    worker.postMessage({ key: key && threadKeyOf(key), inputs } satisfies SigningBatch, [inputs.buffer])
  }

  /** Ends the thread. The present batch fails. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#worker?.terminate()
  }

  #startWorker(): Worker {
    const worker = startThread('keys/signing-worker')
    let cause: unknown
    worker.on('message', (answer: SignedBatch) => {
      const batch = this.#finish()
      if ('signatures' in answer) handOut(batch, Buffer.from(answer.signatures.buffer))
      else failAll(batch, keyFailure(answer.failure))
    })
    worker.on('error', (failure) => {
      cause = failure
    })
    worker.on('exit', () => {
      this.#worker = this.#key = undefined
      failAll(this.#finish(), new Error('the signing thread ended', { cause }))
    })
    // The thread alone must not keep the process alive. The sockets of a server do.
    worker.unref()
    return worker
  }

  /** Marks the thread as idle. Returns the batch that it had. Empty if it had none. */
  #finish(): readonly SigningJob[] {
    const batch = this.#batch ?? []
    this.#batch = undefined
    this.#onIdle()
    return batch
  }
}

const threadKeyOf = ({ privateKey, digest, signatureBytes }: OpenedKey) => ({ privateKey, digest, signatureBytes })

function handOut(batch: readonly SigningJob[], signatures: Buffer): void {
  const length = signatures.length / batch.length
  batch.forEach(({ input, signed }, index) => {
    signed(undefined, `${input}.${signatures.toString('base64url', index * length, (index + 1) * length)}`)
  })
}

/** Every job gets the same error, which does not contain the text of the token. */
export function failAll(jobs: readonly SigningJob[], failure: Error): void {
  for (const { signed } of jobs) signed(failure, '')
}

export const keyFailure = (cause: unknown): Error => new Error('the signing key failed to sign', { cause })

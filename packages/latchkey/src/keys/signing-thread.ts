// One signing thread, which signs one batch at a time. If its worker ends, the next batch starts a new worker.
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
  /** The key that was last sent to the worker. */
  #key: OpenedKey | undefined
  #batch: readonly SigningJob[] | undefined
  #isClosed = false

  /** @param onIdle called when a batch is done or has failed, before the jobs of the batch get their results */
  constructor(onIdle: () => void) {
    this.#onIdle = onIdle
  }

  get isIdle(): boolean {
    return this.#batch === undefined && !this.#isClosed
  }

  /**
   * Starts the worker if no worker runs. If the caller starts the worker early, the first batch does not wait for it.
   */
  start(): Worker {
    return (this.#worker ??= this.#startWorker())
  }

  /**
   * Signs a batch, whose jobs must all have the same key. The caller must call `sign` only while the thread is idle.
   */
  sign(batch: readonly SigningJob[]): void {
    const worker = this.start()
    const [first] = batch
    const key = first === undefined || first.key === this.#key ? undefined : first.key
    this.#key = key ?? this.#key
    this.#batch = batch
    const inputs = packInputs(batch.map(({ input }) => input))
    worker.postMessage({ key: key && threadKeyOf(key), inputs } satisfies SigningBatch, [inputs.buffer])
  }

  /** Ends the thread. The jobs of an unfinished batch fail. */
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
    // A signing thread must not keep the process alive after the server has closed its sockets.
    worker.unref()
    return worker
  }

  /** Marks the thread as idle. Returns the jobs of its unfinished batch, or an empty list if it had no batch. */
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

/** Fails every job with the same error, which contains no part of a token. */
export function failAll(jobs: readonly SigningJob[], failure: Error): void {
  for (const { signed } of jobs) signed(failure, '')
}

export const keyFailure = (cause: unknown): Error => new Error('the signing key failed to sign', { cause })

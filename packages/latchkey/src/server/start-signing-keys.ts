// Opens the signing keys when the server starts, and takes the steps that are due. The key that then signs has the
// configured algorithm.
import type { Config } from '../config/config.ts'
import { SYSTEM } from '../domain/audit-event.ts'
import { type SigningKeyRecord, signingKeyOf } from '../domain/signing-key.ts'
import { createKeyOpener } from '../keys/key-opener.ts'
import { KeySet } from '../keys/key-set.ts'
import type { Sealing } from '../keys/sealing.ts'
import { createSigningKeyMaker } from '../keys/signing-keys.ts'
import type { Logger } from '../log.ts'
import { advanceSigningKeys } from '../operations/advance-signing-keys.ts'
import { signingKeyAudit } from '../operations/signing-key-audit.ts'
import type { Clock } from '../ports/clock.ts'
import type { SigningKeyMaker, SigningKeys } from '../ports/signing-keys.ts'
import { type Scheduler, scheduleSigningKeys } from './signing-key-scheduler.ts'

export interface SigningKeysInUse {
  /** The opened keys. They follow the changes of the keys in the store. */
  readonly keySet: KeySet
  readonly maker: SigningKeyMaker
  /** Takes the due steps of the keys. */
  readonly scheduler: Scheduler
}

interface SigningKeysPorts {
  readonly sealing: Sealing
  readonly clock: Clock
  /** The clock that decides when a step of the keys is due: `StoreEvents.clock`. */
  readonly stepsBy: Clock
  readonly logger: Logger
}

export async function startSigningKeys(
  config: Pick<Config, 'signingAlg' | 'tokenLifetimeSeconds'>,
  signingKeys: SigningKeys,
  { sealing, clock, stepsBy, logger }: SigningKeysPorts,
): Promise<SigningKeysInUse> {
  const { tokenLifetimeSeconds } = config
  const maker = createSigningKeyMaker(config.signingAlg, { sealing, clock })
  await signWithConfiguredAlgorithm(config, signingKeys, maker)
  const ports = { signingKeys, clock: stepsBy, tokenLifetimeSeconds, logger }
  // A step may have become due while the server was stopped.
  const keys = await advanceSigningKeys(ports)
  const open = createKeyOpener(sealing)
  const keySet = new KeySet(open(keys), clock.now())
  signingKeys.onChange((changed) => {
    keySet.replace(open(changed), clock.now())
  })
  return { keySet, maker, scheduler: scheduleSigningKeys(ports, keys) }
}

/**
 * Rotates the keys at once if the configured algorithm has changed. The server accepts the tokens of the old key until
 * they expire.
 */
async function signWithConfiguredAlgorithm(
  { signingAlg, tokenLifetimeSeconds }: Pick<Config, 'signingAlg' | 'tokenLifetimeSeconds'>,
  signingKeys: SigningKeys,
  maker: SigningKeyMaker,
): Promise<void> {
  if (signsWith(await signingKeys.all(), signingAlg)) return
  const key = await maker.make('signing')
  const change = { kind: 'sign_with', key, lifetimeSeconds: tokenLifetimeSeconds } as const
  const changed = await signingKeys.change(change, signingKeyAudit(SYSTEM))
  if (!changed.ok) throw new Error(`a change of the algorithm was refused: ${changed.refusal.reason}`)
}

const signsWith = (keys: readonly SigningKeyRecord[], alg: SigningKeyRecord['alg']): boolean =>
  signingKeyOf(keys)?.alg === alg

// At the start: the signing keys are opened, and one of the configured algorithm signs.
import type { Config } from '../config/config.ts'
import { isAccepted, type SigningKeyRecord, signingKeyOf } from '../domain/signing-key.ts'
import { signWith } from '../domain/signing-key-set.ts'
import { KeyRing } from '../keys/key-ring.ts'
import type { Sealing } from '../keys/sealing.ts'
import { generateSigningKey, openSigningKey } from '../keys/signing-keys.ts'
import type { Clock } from '../ports/clock.ts'
import type { SigningKeys } from '../ports/signing-keys.ts'

/** The longest lifetime that any configuration could have given to a token. */
const LONGEST_LIFETIME_SECONDS = 86_400

export async function openKeyRing(
  config: Config,
  store: SigningKeys,
  { sealing, clock }: { readonly sealing: Sealing; readonly clock: Clock },
): Promise<KeyRing> {
  const now = clock.now()
  const records = await withConfiguredAlgorithm(config, store, { sealing, clock })
  const opened = records.filter((record) => isAccepted(record, now)).map((record) => openSigningKey(record, sealing))
  return new KeyRing(opened, now)
}

/** Another algorithm than at the last start is a rotation: the old key stays accepted until its tokens are over. */
async function withConfiguredAlgorithm(
  { signingAlg }: Config,
  store: SigningKeys,
  { sealing, clock }: { readonly sealing: Sealing; readonly clock: Clock },
): Promise<readonly SigningKeyRecord[]> {
  const records = await store.all()
  if (signingKeyOf(records)?.alg === signingAlg) return records
  const now = clock.now()
  const incoming = await generateSigningKey({ alg: signingAlg, status: 'signing', createdAt: now, sealing })
  const replaced = signWith(records, incoming, now, LONGEST_LIFETIME_SECONDS)
  await store.replaceAll(replaced)
  return replaced
}

// Counts how often the rotation of a secret reads its integration.
import { expect, test } from 'vitest'
import { SYSTEM } from '../../src/domain/audit-event.ts'
import { createSecretVault } from '../../src/keys/client-secrets.ts'
import { rotateSecret } from '../../src/operations/rotate-secret.ts'
import type { Integrations } from '../../src/ports/integrations.ts'
import { systemRandom } from '../../src/system.ts'
import { newIntegration } from '../a-store.ts'
import { ENGINES } from '../engines.ts'
import { someDerivedKeys } from '../unit/keys/a-key-set.ts'

test.each(ENGINES)('the rotation of a secret on $name reads the integration once', async (engine) => {
  const store = await engine.open(await engine.aPlace())
  await store.integrations.create([newIntegration('lkrotated')], [])
  const requested: string[] = []
  const integrations: Integrations = {
    ...store.integrations,
    findByIdOrClientId: (name) => {
      requested.push(name)
      return store.integrations.findByIdOrClientId(name)
    },
  }
  const vault = createSecretVault(someDerivedKeys())
  const ports = { ...store, integrations, vault, random: systemRandom, secretReveal: 'never' } as const
  const rotation = { overlapSeconds: 60, liveTokens: 'revoke' } as const
  const rotated = await rotateSecret(ports, SYSTEM, { id: 'lkrotated', version: undefined, ...rotation })
  expect(rotated).toMatchObject({ ok: true, value: { isReplay: false, secret: { status: 'active' } } })
  expect(requested).toEqual(['lkrotated'])
  await store.close()
})

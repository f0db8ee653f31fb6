// Section: the highest rate that the signatures alone would allow.
import { join } from 'node:path'
import { startJobProcess } from '../jobs.ts'
import type { SignatureRates, SignaturesJob } from '../programs/signatures.ts'
import type { SectionContext, SectionResult } from './section.ts'

export async function measureSignatures({ effort, progress }: SectionContext): Promise<SectionResult> {
  progress('signatures')
  const words = [join(import.meta.dirname, '../programs/signatures.ts')]
  const child = startJobProcess<SignaturesJob, SignatureRates>({ placement: 'one core', seat: 'server', words })
  const rates = await child.ask({ seconds: effort.signSeconds })
  await child.stop()
  return {
    title: 'Signatures',
    note: 'One core that signs and does nothing else, crypto.sign in its synchronous form.',
    contests: [],
    figures: rates.map(({ alg, perSecond }) => ({ name: alg, value: perSecond, unit: 'signatures/s' })),
  }
}

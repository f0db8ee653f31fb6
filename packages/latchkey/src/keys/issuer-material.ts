// Checks the keys and certificates that an operator gives for a trusted issuer.
import { X509Certificate } from 'node:crypto'
import type { IssuerSettings } from '../domain/trusted-issuer.ts'
import type { MaterialFault } from '../ports/trusted-issuer-keys.ts'
import type { KeySourceSettings } from './key-source/key-source-settings.ts'
import { readKeySet } from './key-source/read-key-set.ts'

/**
 * Returns which `use` a key of the issuer must have. A SPIFFE bundle marks the keys of JWT-SVIDs with the `use`
 * `jwt-svid`, because the bundle also contains keys for other purposes.
 */
export const keyUseOf = ({ platform }: Pick<IssuerSettings, 'platform'>): KeySourceSettings['keyUse'] =>
  platform === 'spiffe' ? 'jwt_svid' : 'signature'

/** Returns the fault in the inline keys or in the certificates of the settings. Undefined if they have no fault. */
export function materialFault(settings: IssuerSettings): MaterialFault | undefined {
  const { keys, algorithms, tlsCa } = settings
  if (keys.source === 'inline' && readKeySet(keys.keys, { algorithms, keyUse: keyUseOf(settings) }, []).length === 0) {
    return 'no_usable_key'
  }
  return tlsCa === undefined || areCertificates(tlsCa) ? undefined : 'tls_ca_unusable'
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

function areCertificates(pem: string): boolean {
  const certificates = pem.match(CERTIFICATE) ?? []
  return certificates.length > 0 && !pem.includes('PRIVATE KEY') && certificates.every(isCertificate)
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem)
    return true
  } catch {
    return false
  }
}

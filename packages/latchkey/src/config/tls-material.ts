// Reads the TLS certificate and its private key. Either both or neither must be set. Checks that they belong together.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { accept, refuse, type Result, Secret } from '@latchkey/protocol'
import type { TlsMaterial } from './config.ts'
import type { ConfigProblem } from './config-problem.ts'
import { irregularFile, unreadableFile } from './read-settings.ts'

const CERT = 'LATCHKEY_TLS_CERT_FILE'
const KEY = 'LATCHKEY_TLS_KEY_FILE'

interface TlsFiles {
  readonly certFile: string | undefined
  readonly keyFile: string | undefined
}

/** Returns the certificate and the key. Undefined if neither file is set. The server then uses no TLS. */
export function readTlsMaterial({
  certFile,
  keyFile,
}: TlsFiles): Result<TlsMaterial | undefined, readonly ConfigProblem[]> {
  if (certFile === undefined && keyFile === undefined) return accept(undefined)
  if (certFile === undefined || keyFile === undefined) {
    const [given, missing] = certFile === undefined ? [KEY, CERT] : [CERT, KEY]
    const cure = 'TLS needs the certificate and its key: set both or none.'
    return refuse([{ setting: given, problem: `is set without ${missing}`, cure }])
  }
  const unreadable = [problemOf(CERT, certFile), problemOf(KEY, keyFile)].filter(isProblem)
  if (unreadable.length > 0) return refuse(unreadable)
  const cert = readFileSync(certFile, 'utf8')
  const key = readFileSync(keyFile, 'utf8')
  const problems = pairProblems(cert, key)
  return problems.length > 0 ? refuse(problems) : accept({ cert, key: new Secret(key) })
}

const problemOf = (setting: string, path: string): ConfigProblem | undefined =>
  unreadableFile(setting, path) ?? irregularFile(setting, path)

function pairProblems(cert: string, key: string): readonly ConfigProblem[] {
  const certificate = parsed(() => new X509Certificate(cert))
  const privateKey = parsed(() => createPrivateKey(key))
  const problems: ConfigProblem[] = []
  if (certificate === undefined) {
    problems.push({
      setting: CERT,
      problem: 'contains no certificate in PEM',
      cure: 'Give the chain in PEM, the certificate of the server first.',
    })
  }
  if (privateKey === undefined) {
    problems.push({
      setting: KEY,
      problem: 'contains no usable private key in PEM',
      cure: 'Give the key in PEM, without a passphrase.',
    })
  }
  if (certificate !== undefined && privateKey !== undefined && !certificate.checkPrivateKey(privateKey)) {
    const cure =
      'Give the key of the certificate. In the certificate file the certificate of the server must come first.'
    problems.push({ setting: KEY, problem: `is not the key of the certificate in ${CERT}`, cure })
  }
  return problems
}

// Returns undefined if `parse` throws. The message of the error is dropped, because it could quote the private key.
function parsed<Value>(parse: () => Value): Value | undefined {
  try {
    return parse()
  } catch {
    return undefined
  }
}

const isProblem = (problem: ConfigProblem | undefined): problem is ConfigProblem => problem !== undefined

// Checks whether the settings of the listeners fit together. The server must not use plain HTTP beyond loopback
// addresses, and clients must be able to use its URL.
import type { ConfigProblem } from './config-problem.ts'
import { isLoopback, isWildcard } from './loopback.ts'
import type { ServerSettingKey } from './settings.ts'

/** The settings that decide from where, and with or without TLS, clients reach the listeners. */
export interface Listening {
  readonly host: string
  readonly port: number
  readonly publicUrl: string | undefined
  readonly adminHost: string
  readonly adminPort: number
  readonly adminBehindProxy: boolean
  /** Where the ports of the container are published, according to the operator. The server cannot check this value. */
  readonly publishedOn: 'loopback' | undefined
  /** `given` if a certificate is set. Another check reports the problems of the certificate. */
  readonly tls: 'given' | 'none'
}

/** A problem that names the setting by its key. The caller replaces the key by the name of the variable or flag. */
export type ListeningProblem = Omit<ConfigProblem, 'setting'> & { readonly setting: keyof Listening & ServerSettingKey }

const rules: readonly ((listening: Listening) => ListeningProblem | undefined)[] = [
  function publicBeyondLoopbackIsEncrypted({ host, publicUrl, publishedOn, tls }) {
    if (isLoopback(host) || publishedOn === 'loopback' || tls === 'given' || publicUrl?.startsWith('https:') === true)
      return undefined
    return {
      setting: 'host',
      problem: `opens the public listener beyond loopback (${host}), where secrets and tokens would travel in plain text`,
      cure: 'Set LATCHKEY_TLS_CERT_FILE and LATCHKEY_TLS_KEY_FILE; or, behind a proxy that terminates TLS, LATCHKEY_PUBLIC_URL=https://…; or, in a container whose ports are published only on loopback, LATCHKEY_PUBLISHED_ON=loopback; or listen on 127.0.0.1.',
    }
  },
  function adminBeyondLoopbackIsEncrypted({ adminHost, adminBehindProxy, publishedOn, tls }) {
    if (isLoopback(adminHost) || publishedOn === 'loopback' || tls === 'given' || adminBehindProxy) return undefined
    return {
      setting: 'adminHost',
      problem: `opens the admin listener beyond loopback (${adminHost}), where admin keys would travel in plain text`,
      cure: 'Set LATCHKEY_TLS_CERT_FILE and LATCHKEY_TLS_KEY_FILE; or, behind a proxy that terminates TLS, LATCHKEY_ADMIN_BEHIND_PROXY=on; or, in a container whose ports are published only on loopback, LATCHKEY_PUBLISHED_ON=loopback; or listen on 127.0.0.1.',
    }
  },
  function publicUrlIsEncrypted({ publicUrl }) {
    if (publicUrl?.startsWith('http:') !== true || isLoopback(new URL(publicUrl).hostname)) return undefined
    return {
      setting: 'publicUrl',
      problem: `is ${publicUrl}: plain http is for loopback only`,
      cure: 'Use an https URL.',
    }
  },
  function publicUrlFitsTls({ publicUrl, tls }) {
    if (tls === 'none' || publicUrl?.startsWith('http:') !== true) return undefined
    return {
      setting: 'publicUrl',
      problem: `is ${publicUrl}, but with LATCHKEY_TLS_CERT_FILE the public listener speaks TLS`,
      cure: 'Use an https URL.',
    }
  },
  function clientsHaveAName({ host, publicUrl, tls }) {
    // Without TLS, the first rule already reports this problem.
    if (!isWildcard(host) || publicUrl !== undefined || tls === 'none') return undefined
    return {
      setting: 'publicUrl',
      problem: `is not set, and ${host} is not an address that a client can call`,
      cure: 'Set the public URL to the URL that clients use, https://….',
    }
  },
  function portsDiffer({ port, adminPort, host, adminHost }) {
    const meet = host === adminHost || isWildcard(host) || isWildcard(adminHost)
    if (port === 0 || port !== adminPort || !meet) return undefined
    return {
      setting: 'adminPort',
      problem: `is ${String(adminPort)}, the port of the public listener`,
      cure: 'Give the listeners different ports.',
    }
  },
]

export const listeningProblems = (listening: Listening): readonly ListeningProblem[] =>
  rules.map((rule) => rule(listening)).filter((problem) => problem !== undefined)

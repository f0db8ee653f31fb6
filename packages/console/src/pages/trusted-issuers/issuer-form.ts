// The form of a trusted issuer: what an operator has filled in, and the settings that the form makes.
import type { IssuerPatch, NewIssuer, TrustedIssuer } from 'latchkey/admin-api'
import { readKeySet } from './key-set.ts'

export type Platform = NewIssuer['platform']
export type KeySource = TrustedIssuer['keys']['source']
export type Algorithm = NonNullable<NewIssuer['algorithms']>[number]

export const PLATFORM_LIST: readonly Platform[] = ['kubernetes', 'github', 'gitlab', 'spiffe', 'oidc']
export const ALGORITHMS: readonly Algorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA', 'ES384']
/** In seconds. */
export const STALE = { usual: 3600, most: 86_400 }

/** The URLs of platforms that have one public issuer. */
const PUBLIC_URLS: Readonly<Partial<Record<Platform, string>>> = {
  github: 'https://token.actions.githubusercontent.com',
  gitlab: 'https://gitlab.com',
}

export interface IssuerForm {
  readonly name: string
  readonly platform: Platform
  readonly url: string
  readonly source: KeySource
  readonly uri: string
  /** The public keys as text. */
  readonly jwks: string
  readonly audience: string
  readonly algorithms: readonly Algorithm[]
  readonly authority: string
  readonly stale: number | string
}

export type FormField = 'name' | 'url' | 'uri' | 'jwks' | 'algorithms' | 'stale'

export const EMPTY_ISSUER: IssuerForm = {
  ...{ name: '', platform: 'kubernetes', url: '', source: 'discovery', uri: '', jwks: '' },
  ...{ audience: '', algorithms: ['RS256', 'ES256'], authority: '', stale: STALE.usual },
}

export const formOf = ({ keys, ...issuer }: TrustedIssuer): IssuerForm => ({
  ...{ name: issuer.name, platform: issuer.platform, url: issuer.url, source: keys.source },
  uri: keys.source === 'jwks_uri' ? keys.uri : '',
  jwks: keys.source === 'inline' ? JSON.stringify({ keys: keys.keys }, undefined, 2) : '',
  audience: issuer.audience ?? '',
  algorithms: ALGORITHMS.filter((known) => issuer.algorithms.includes(known)),
  authority: issuer.tls_ca ?? '',
  stale: issuer.stale_seconds,
})

/** A trust domain has no discovery document. */
export const sourcesOf = (platform: Platform): readonly KeySource[] =>
  platform === 'spiffe' ? ['jwks_uri', 'inline'] : ['discovery', 'jwks_uri', 'inline']

/** Returns the form for another platform, with the URL of its public issuer if it has one. */
export function withPlatform(form: IssuerForm, platform: Platform): IssuerForm {
  const isPublicUrl = Object.values(PUBLIC_URLS).includes(form.url)
  const url = PUBLIC_URLS[platform] ?? (isPublicUrl ? '' : form.url)
  const sources = sourcesOf(platform)
  return { ...form, platform, url, source: sources.find((source) => source === form.source) ?? 'jwks_uri' }
}

/** Returns the first invalid field. Undefined if the form can be sent. */
export function faultOf(form: IssuerForm): FormField | undefined {
  const seconds = Number(form.stale)
  const isStaleUsable = form.stale !== '' && Number.isInteger(seconds) && seconds >= 0 && seconds <= STALE.most
  const faults: readonly (readonly [FormField, boolean])[] = [
    ['name', !/^[a-z0-9-]{1,40}$/.test(form.name.trim())],
    ['url', !isIssuerUrl(form)],
    ['uri', form.source === 'jwks_uri' && !isHttps(form.uri.trim())],
    ['jwks', form.source === 'inline' && 'fault' in readKeySet(form.jwks)],
    ['algorithms', form.algorithms.length === 0],
    ['stale', !isStaleUsable],
  ]
  return faults.find(([, isWrong]) => isWrong)?.[0]
}

const isHttps = (text: string): boolean => text.startsWith('https://') && URL.canParse(text)

const isIssuerUrl = ({ platform, url }: IssuerForm): boolean =>
  platform === 'spiffe' ? /^spiffe:\/\/[^/]+$/.test(url.trim()) : isHttps(url.trim())

/** Only for a form without a fault. */
export const newIssuerOf = (form: IssuerForm): NewIssuer => ({
  ...{ name: form.name.trim(), url: form.url.trim(), platform: form.platform },
  ...settingsOf(form),
})

/** Returns the members that differ from the issuer. Only for a form without a fault. */
export function issuerPatchOf(issuer: TrustedIssuer, form: IssuerForm): IssuerPatch {
  const before = membersOf(formOf(issuer))
  const changed = Object.entries(membersOf(form)).filter(
    ([member, value]) => JSON.stringify(before[member as keyof typeof before]) !== JSON.stringify(value),
  )
  return Object.fromEntries(changed)
}

const membersOf = (form: IssuerForm) => ({ name: form.name.trim(), ...settingsOf(form) })

const settingsOf = (form: IssuerForm) => ({
  keys: keysOf(form),
  audience: form.audience.trim() === '' ? null : form.audience.trim(),
  algorithms: [...form.algorithms],
  tls_ca: form.authority.trim() === '' ? null : form.authority,
  stale_seconds: Number(form.stale),
})

function keysOf({ source, uri, jwks }: IssuerForm): NonNullable<NewIssuer['keys']> {
  if (source === 'discovery') return { source }
  if (source === 'jwks_uri') return { source, uri: uri.trim() }
  const read = readKeySet(jwks)
  return { source, keys: 'keys' in read ? read.keys : [] }
}

// The kinds of values that settings can have. Each kind parses a text and describes the expected form.
import { isIP } from 'node:net'
import { formatAddressRange, parseAddressRange } from '../domain/address-ranges.ts'

export interface SettingKind<Value> {
  /** The expected form. It completes the sentence "It must be …". */
  readonly expects: string
  /** The name of the value in help texts, such as `port` in `--port <port>`. */
  readonly placeholder: string
  /** Returns the parsed value. Undefined if the text does not have the expected form. */
  readonly parse: (text: string) => Value | undefined
}

const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}))*$/
const IPV4_LIKE = /^[0-9.]+$/

export const host: SettingKind<string> = {
  expects: 'a host name or an IP address, without a port',
  placeholder: 'host',
  parse: (text) => (isIP(text) !== 0 || (HOST_NAME.test(text) && !IPV4_LIKE.test(text)) ? text : undefined),
}

export const wholeNumber = (min: number, max: number, placeholder: string): SettingKind<number> => ({
  expects: `a whole number from ${String(min)} to ${String(max)}`,
  placeholder,
  parse: (text) => {
    if (!/^(?:0|[1-9][0-9]{0,9})$/.test(text)) return undefined
    const number = Number(text)
    return number >= min && number <= max ? number : undefined
  },
})

export const port: SettingKind<number> = wholeNumber(0, 65_535, 'port')

export const choice = <const Choice extends string>(...choices: readonly Choice[]): SettingKind<Choice> => ({
  expects: choices.length === 2 ? choices.join(' or ') : `one of ${choices.join(', ')}`,
  placeholder: choices.join('|'),
  parse: (text) => choices.find((candidate) => candidate === text),
})

export const onOff: SettingKind<boolean> = {
  expects: 'on or off',
  placeholder: 'on|off',
  parse: (text) => (text === 'on' ? true : text === 'off' ? false : undefined),
}

export const pattern = (shape: RegExp, expects: string, placeholder: string): SettingKind<string> => ({
  expects,
  placeholder,
  parse: (text) => (shape.test(text) ? text : undefined),
})

export const path: SettingKind<string> = {
  expects: 'a path',
  placeholder: 'path',
  parse: (text) => (text.includes('\0') ? undefined : text),
}

/**
 * A URL of scheme, host and port. The value is normalized as the URL standard says, because the issuer must be exactly
 * the same text everywhere.
 */
export const webOrigin: SettingKind<string> = {
  expects: 'an http or https URL of host and port alone: no path, query, fragment or user name',
  placeholder: 'url',
  parse: (text) => {
    if (!URL.canParse(text)) return undefined
    const url = new URL(text)
    const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
    // Compares `href`, because `search` and `hash` do not show an empty query or fragment.
    return isWeb && url.href === `${url.origin}/` ? url.origin : undefined
  },
}

export const addressList: SettingKind<readonly string[]> = {
  expects: 'IP addresses or CIDR ranges with commas between them',
  placeholder: 'addresses',
  parse: (text) => {
    const entries = text.split(',').map((entry) => entry.trim())
    return entries.every(isAddressOrRange) ? entries : undefined
  },
}

/**
 * A list of networks. Unlike `addressList`, it refuses `10.1.2.3/8`, which could mean one address or a range of sixteen
 * million addresses.
 */
export const networkList: SettingKind<readonly string[]> = {
  expects: 'IP addresses or CIDR ranges with commas between them; a range begins with its first address',
  placeholder: 'networks',
  parse: (text) => {
    const ranges = text.split(',').map((entry) => parseAddressRange(entry.trim()))
    const texts = ranges.flatMap((range) => (range.ok ? formatAddressRange(range.value) : []))
    return texts.length === ranges.length ? texts : undefined
  },
}

function isAddressOrRange(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

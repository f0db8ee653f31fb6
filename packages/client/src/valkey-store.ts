// The token store for processes on many hosts: a Valkey or Redis server, whose clock the processes share.

/**
 * A token store for the processes of many hosts.
 *
 * @module @latchkey/client/valkey-store
 */
import { randomBytes } from 'node:crypto'
import { LONGEST_TEXT, type TokenStore } from './token-store.ts'

/** The part of a client of `iovalkey` that the store needs. */
export interface ValkeyClient {
  /** Runs a Lua script with keys and arguments. */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
}

/** The options of {@link valkeyStore}. */
export interface ValkeyStoreOptions {
  /** A client that is connected or connecting. The program that made the client disconnects it. */
  readonly client: ValkeyClient
  /** Text before each key. Default: `latchkey:`. */
  readonly prefix?: string
}

const LONGEST_WAIT_MS = 2000

// A value that is not a hash, or is longer than the longest text, was written by another program and counts as empty.
const ENTRY = `
local entry = { false, false }
if redis.call('TYPE', KEYS[1]).ok == 'hash' and redis.call('HSTRLEN', KEYS[1], 'version') <= 64
  and redis.call('HSTRLEN', KEYS[1], 'text') <= ${String(LONGEST_TEXT)} then
  entry = redis.call('HMGET', KEYS[1], 'version', 'text')
end`

const READ = `${ENTRY}
local time = redis.call('TIME')
return { entry[1] or '', entry[2] or '', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)) }`

const REPLACE = `${ENTRY}
if (entry[1] or '') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'text', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1`

/**
 * Makes a token store in a Valkey or Redis server that many hosts share. Reading and replacing throw an `Error` if the
 * server does not answer within 2 s.
 *
 * @example
 * ```ts
 * import { createTokenManager } from '@latchkey/client'
 * import { valkeyStore } from '@latchkey/client/valkey-store'
 * import { Redis } from 'iovalkey'
 *
 * const tokens = createTokenManager({
 *   issuer: 'https://auth.example.com/oauth2/default',
 *   clientId: 'lk0123456789abcd',
 *   clientSecret: process.env['CLIENT_SECRET'] ?? '',
 *   scope: 'machinelearning.predict',
 *   store: valkeyStore({ client: new Redis('redis://valkey.example.com') }),
 * })
 * console.log(await tokens.getToken())
 * ```
 */
export function valkeyStore({ client, prefix = 'latchkey:' }: ValkeyStoreOptions): TokenStore {
  return {
    async read(key) {
      const answer = await inTime(client.eval(READ, 1, prefix + key))
      const [version, text, now] = answer as [string, string, string]
      return { version, now: Number(now), ...(text !== '' && { text }) }
    },
    async replace(key, version, text, keepForMs) {
      // The version is a random number. A counter would start again after the entry was dropped, and would repeat
      // versions.
      const next = randomBytes(8).toString('hex')
      const replaced = client.eval(REPLACE, 1, prefix + key, version, next, text, String(Math.ceil(keepForMs)))
      return (await inTime(replaced)) === 1
    },
  }
}

async function inTime<Value>(answer: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(reject, LONGEST_WAIT_MS, new Error('Valkey did not answer in time'))
  })
  try {
    return await Promise.race([answer, tooLate])
  } finally {
    clearTimeout(timer)
    answer.catch(() => undefined)
  }
}

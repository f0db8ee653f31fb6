// latchkey token decode: shows the contents of a token, without verifying it and without a server.
import type { Command } from 'commander'
import { command } from '../command.ts'
import { rfc3339, spoken } from '../durations.ts'
import { showFacts, showJson, type Shown } from '../show.ts'
import type { Terminal } from '../terminal.ts'
import { decodeToken } from '../public-api/decoded-token.ts'
import { readToken, TOKEN_FILE_OPTION } from '../public-api/read-token.ts'

interface DecodeOptions extends Shown {
  readonly tokenFile?: string
}

export function addDecodeToken(token: Command, terminal: Terminal): void {
  const examples = [
    'latchkey token request --scope machinelearning.predict | latchkey token decode',
    'latchkey token decode --token-file token.txt --json',
  ]
  command(token, 'decode', { does: 'show the contents of a token, without verifying it', examples })
    .option(...TOKEN_FILE_OPTION)
    .action(async ({ tokenFile, json }: DecodeOptions) => {
      const { header, claims } = decodeToken(await readToken(terminal, tokenFile))
      const times = timesOf(claims)
      if (json === true) {
        showJson(terminal, { verified: false, header, claims, ...times })
        return
      }
      terminal.remark(
        'Not verified: any program could have made this token. To verify it, use "latchkey token explain".\n',
      )
      showFacts(terminal, [...factsOf('header.', header), ...factsOf('', claims), ...timeFacts(times)])
    })
}

type Members = Readonly<Record<string, unknown>>

interface Times {
  readonly issued_at?: string
  readonly expires_at?: string
  /** The seconds until the expiry by this machine's clock. Negative if the token has expired. */
  readonly expires_in?: number
}

function timesOf({ iat, exp }: Members): Times {
  return {
    ...(isTime(iat) && { issued_at: rfc3339(iat) }),
    ...(isTime(exp) && { expires_at: rfc3339(exp), expires_in: Math.floor(exp - Date.now() / 1000) }),
  }
}

// The largest time of a JavaScript date, in seconds.
const isTime = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 8.64e12

const factsOf = (prefix: string, members: Members): readonly (readonly [string, string])[] =>
  Object.entries(members).map(([name, value]) => [
    `${prefix}${name}`,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])

function* timeFacts({ issued_at, expires_at, expires_in }: Times): Generator<readonly [string, string]> {
  if (issued_at !== undefined) yield ['issued', issued_at]
  if (expires_at === undefined || expires_in === undefined) return
  yield ['expires', expires_at]
  yield expires_in > 0 ? ['time left', spoken(expires_in)] : ['expired', `${spoken(-expires_in)} ago`]
}

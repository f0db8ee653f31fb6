// latchkey token: requests, decodes and checks tokens by hand, as clients and APIs do.
import type { Command } from 'commander'
import type { Terminal } from '../terminal.ts'
import { addDecodeToken } from './decode-token.ts'
import { addExplainToken } from './explain-token.ts'
import { addRequestToken } from './request-token.ts'

export function addToken(latchkey: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  const token = latchkey
    .command('token')
    .description('request a token, decode a token, or ask why a token is refused')
    .helpCommand(false)
  addRequestToken(token, terminal)
  addDecodeToken(token, terminal)
  addExplainToken(token, terminal, done)
}

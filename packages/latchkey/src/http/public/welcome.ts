// GET /: two lines for a person who opens the address of the server in a browser.
import { wireError } from '../wire-error.ts'
import type { Handler } from './public-response.ts'

export const getWelcome =
  ({ issuer, adminUrl }: { readonly issuer: string; readonly adminUrl: string }): Handler =>
  (request) =>
    request.method === 'GET' || request.method === 'HEAD'
      ? {
          status: 200,
          headers: ['Cache-Control', 'no-store'],
          content: {
            type: 'text/plain; charset=utf-8',
            text: `Latchkey, an OAuth 2.0 authorization server: programs request access tokens at ${issuer}/v1/token\nOperators administer it at ${adminUrl}\n`,
          },
        }
      : wireError({ reason: 'method_not_allowed', allow: 'GET, HEAD' })

// Requests tokens from several local addresses, as several machines would.
import { request } from 'node:http'
import { PREDICT, type TestIntegration } from './a-server.ts'

/** The token request of the documentation, sent from a local address such as 127.0.0.2. Resolves with the status. */
export function requestTokenFrom(
  localAddress: string,
  issuer: string,
  { basic }: Pick<TestIntegration, 'basic'>,
  scope: string = PREDICT,
): Promise<number> {
  const url = `${issuer}/v1/token?scope=${encodeURIComponent(scope)}&grant_type=client_credentials`
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      localAddress,
      agent: false,
      headers: { authorization: basic, 'user-agent': `naive-client/${localAddress}` },
    })
    sent.once('error', reject)
    sent.once('response', (answer) => {
      answer.resume()
      answer.once('end', () => {
        resolve(answer.statusCode ?? 0)
      })
    })
    sent.end()
  })
}

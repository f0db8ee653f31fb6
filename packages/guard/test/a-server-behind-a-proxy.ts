// A server in this process behind a proxy, so that a test decides when bytes arrive.
import { aTcpProxy, type TcpProxy } from '../../../e2e/tcp-proxy.ts'
import { freePort } from '../../../e2e/free-port.ts'
import { aServer, type ServerOptions, type TestServer } from '../../latchkey/test/a-server.ts'

/** The server's issuer is the address of the proxy. */
export async function aServerBehindAProxy(
  options: ServerOptions = {},
): Promise<{ readonly server: TestServer; readonly proxy: TcpProxy }> {
  const proxy = await aTcpProxy()
  proxy.target = await freePort()
  const server = await aServer({
    ...options,
    env: { LATCHKEY_PORT: String(proxy.target), LATCHKEY_PUBLIC_URL: proxy.url, ...options.env },
  })
  return { server, proxy }
}

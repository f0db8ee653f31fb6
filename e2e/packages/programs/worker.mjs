// A Cloudflare Worker with a guard in front of it. The variable SERVER describes the server.
import { createGuard } from '@latchkey/guard'
import { requireScope } from '@latchkey/guard/fetch'

const FEED = { mode: 'feed', maxStaleSeconds: 5, onStale: 'refuse' }
const INTROSPECT = { mode: 'introspect', maxAgeSeconds: 0 }

export default {
  async fetch(request, env) {
    const { issuer, guardClient } = JSON.parse(env.SERVER)
    const liveness = new URL(request.url).pathname === '/feed' ? FEED : INTROSPECT
    try {
      // The guard exists for this request alone: when a Worker has answered a request, the runtime ends what the
      // request started.
      const guard = createGuard({
        issuer: new URL(issuer),
        audience: 'api://default',
        credentials: guardClient,
        liveness,
      })
      const protect = requireScope(guard, 'machinelearning.predict')
      const response = await protect((_request, claims) => new Response(claims.clientId))(request)
      await guard.close()
      return response
    } catch (error) {
      return new Response(`${error.code}: ${error.message}`, { status: 500 })
    }
  },
}

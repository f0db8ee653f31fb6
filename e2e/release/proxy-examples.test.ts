// examples/nginx and examples/caddy, copied out of the repository and run with the commands of their READMEs.
import { expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { freePort } from '../free-port.ts'
import { newToken } from '../guard/guarded-server.ts'
import { createIntegration } from '../integrations.ts'
import { addressChanges } from '../proxies/proxy-process.ts'
import { startRealServer } from '../real-server.ts'
import { copyExample } from './example-folder.ts'

const PROXIES = [
  { name: 'nginx', file: 'latchkey.conf', ready: /start worker process / },
  { name: 'caddy', file: 'Caddyfile', ready: /serving initial configuration/ },
] as const

for (const { name, file, ready } of PROXIES) {
  test.skipIf(!has(name) || !has('python3') || !has('curl'))(
    `examples/${name} runs with two commands, lets a live token pass and refuses it once it is superseded`,
    async () => {
      const server = await startRealServer()
      const example = copyExample(name, server)
      const places = {
        listen: await freePort(),
        latchkey: Number(new URL(server.publicUrl).port),
        api: await freePort(),
      }
      const changes = Object.values(addressChanges(places))
      // Other programs may use the ports of the README, so the test changes the ports.
      example.edit(file, changes)
      const here = (command = ''): string =>
        changes
          .reduce((text, [from, to]) => text.replaceAll(from, to), command)
          .replace('http.server 9000', `http.server ${places.api}`)
      const [api, run, call, ...others] = example.commands.map(here)
      expect(others).toEqual([])
      const [install, start = '', ...more] = (run ?? '').split('\n')
      // These tests run only where the proxy is installed already, so the README's install command is compared and not
      // run.
      expect([install, more]).toEqual([`apt-get install ${name}`, []])
      await example.start(api ?? '', /Serving HTTP on/, { PYTHONUNBUFFERED: '1' })
      await example.start(start, ready, { XDG_DATA_HOME: '.', XDG_CONFIG_HOME: '.' })

      const client = await createIntegration(server, { name: 'Client' })
      const answerTo = async (token: string): Promise<string> =>
        (await example.terminal.run(`TOKEN='${token}'\n${call ?? ''}`)).stdout
      const first = await newToken(server.issuer, client)
      expect(await answerTo(first)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nHello from the API\n$/)
      const second = await newToken(server.issuer, client)
      const refused = await answerTo(first)
      expect(refused).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n[^]*^Latchkey-Reason: superseded\r$/m)
      expect(refused).not.toContain('Hello')
      expect(await answerTo(second)).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    },
  )
}

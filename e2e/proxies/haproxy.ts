// HAProxy with examples/haproxy.
import { addressChanges, exampleWith, type OpenDoor, startProxy } from './proxy-process.ts'

export const openHaproxy: OpenDoor = (places, changes = []) => {
  const { listen, latchkey, api } = addressChanges(places)
  return startProxy({
    program: 'haproxy',
    args: () => ['-db', '-f', 'haproxy.cfg'],
    files: () => ({
      'haproxy.cfg': exampleWith('haproxy/haproxy.cfg', [...changes, listen, api]),
      'latchkey.lua': exampleWith('haproxy/latchkey.lua', [latchkey]),
    }),
    port: places.listen,
  })
}

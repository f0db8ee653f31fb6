// Caddy with examples/caddy/Caddyfile.
import { addressChanges, exampleWith, type OpenDoor, startProxy } from './proxy-process.ts'

export const openCaddy: OpenDoor = (places, changes = []) =>
  startProxy({
    program: 'caddy',
    args: () => ['run', '--config', 'Caddyfile'],
    files: () => ({
      Caddyfile: exampleWith('caddy/Caddyfile', [...changes, ...Object.values(addressChanges(places))]),
    }),
    // The folder in which Caddy would keep certificates and its last configuration.
    env: { XDG_DATA_HOME: '.', XDG_CONFIG_HOME: '.' },
    port: places.listen,
  })

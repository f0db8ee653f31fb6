// Apache with the examples in examples/apache. The main configuration keeps all files of Apache in one folder.
import type { Integration } from '../integrations.ts'
import { addressChanges, type Change, exampleWith, type OpenDoor, startProxy } from './proxy-process.ts'

export type ApacheModule = 'mod_auth_openidc' | 'mod_oauth2'

const MODULES = '/usr/lib/apache2/modules'
const LOADED = ['mpm_event', 'authn_core', 'authz_core', 'headers', 'rewrite', 'proxy', 'proxy_http', 'env']

const mainConfig = (folder: string, verifier: ApacheModule): string => `ServerRoot ${folder}
ServerName localhost
PidFile apache.pid
ErrorLog error.log
StartServers 1
User www-data
Group www-data
${[...LOADED, verifier.slice(4)].map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so\n`).join('')}
Include latchkey.conf
`

// Inserts the credentials of the resource server. A configuration that only checks signatures has no place for them.
const withCredentials = (text: string, { clientId, clientSecret }: Integration): string =>
  text.replaceAll('CLIENT_ID', clientId).replaceAll('CLIENT_SECRET', clientSecret.reveal())

/** Starts Apache with the example configuration of a module, after the changes of the test. */
export const openApache =
  (verifier: ApacheModule, resourceServer: Integration, changes: readonly Change[] = []): OpenDoor =>
  (places) => {
    const all = [...changes, ...Object.values(addressChanges(places))]
    return startProxy({
      program: 'apache2',
      args: (folder) => ['-D', 'FOREGROUND', '-d', folder, '-f', 'main.conf'],
      files: (folder) => ({
        'main.conf': mainConfig(folder, verifier),
        'latchkey.conf': withCredentials(exampleWith(`apache/${verifier}.conf`, all), resourceServer),
      }),
      port: places.listen,
    })
  }

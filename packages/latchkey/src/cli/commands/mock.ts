// latchkey mock: runs a mock. Its flags are the settings that a test may choose.
import type { Command, Help } from 'commander'
import { MOCK_SETTING_KEYS, type MockFlags } from '../../config/read-mock-config.ts'
import { flagName } from '../../config/read-settings.ts'
import { serverSettings } from '../../config/settings.ts'
import { command } from '../command.ts'
import type { Shown } from '../show.ts'
import type { Terminal } from '../terminal.ts'

const NOTES = `
The real server, for tests: on loopback, in memory, with keys of its own, all of
it gone when it ends. Each answer has the header Latchkey-Mock: 1. The admin
listener has routes under /admin/v1/mock that move its clock, supersede a token
and let answers fail; docs/mock.md describes them. Settings that say where data
is kept or who may connect are refused.`

export function addMock(latchkey: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  const does = 'run a throw-away server for tests, until SIGINT or SIGTERM'
  const examples = ['latchkey mock', 'latchkey mock --port 0 --admin-port 0 --json', 'latchkey mock --token-lifetime 5']
  const mock = command(latchkey, 'mock', { does, examples })
  for (const key of MOCK_SETTING_KEYS) {
    const { kind, doc } = serverSettings[key]
    mock.option(`${flagName(key)} <${kind.placeholder}>`, doc)
  }
  mock.configureHelp({ formatItem: belowEachOther })
  mock.addHelpText('after', NOTES).action(async ({ json, ...flags }: MockFlags & Shown) => {
    const { mock: run } = await import('../mock.ts')
    done(await run(flags, json === true ? 'json' : 'text', terminal))
  })
}

/** Prints each description below its flag, because the descriptions are too long for a second column. */
const belowEachOther = (term: string, _width: number, does: string, help: Help): string =>
  `  ${term}\n${help.boxWrap(does, LINE - 6).replaceAll(/^/gm, '      ')}`

const LINE = 80

// latchkey licenses: prints the licence texts of the software that this copy of Latchkey contains.
import type { Command } from 'commander'
import { programNotices } from '../../program-files.ts'
import { CliFailure, EXIT } from '../cli-failure.ts'
import { command } from '../command.ts'
import { showJson, type Shown } from '../show.ts'
import type { Terminal } from '../terminal.ts'

export function addLicenses(latchkey: Command, terminal: Terminal): void {
  const text = {
    does: 'print the licences of the software that this program contains',
    examples: ['latchkey licenses | less'],
  }
  command(latchkey, 'licenses', text).action(({ json }: Shown) => {
    const notices = programNotices()
    if (notices === undefined) {
      const message =
        'A checkout contains no other software. The packages in node_modules have their own licence files.'
      throw new CliFailure({ code: 'no_notices', exitCode: EXIT.notFoundOrConflict, message })
    }
    if (json === true) showJson(terminal, { notices })
    else terminal.data(notices)
  })
}

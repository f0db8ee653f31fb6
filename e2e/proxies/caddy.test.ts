// examples/caddy, with Debian's Caddy.
import { describe } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { openCaddy } from './caddy.ts'
import { describeDoor } from './what-a-door-keeps.ts'

describe.skipIf(!has('caddy'))('Caddy with forward_auth', () => {
  describeDoor(openCaddy, { statusOfTwoTokens: 401, statusWhenDown: [502] })
})

// examples/haproxy, with Debian's HAProxy.
import { describe } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { openHaproxy } from './haproxy.ts'
import { describeDoor } from './what-a-door-keeps.ts'

describe.skipIf(!has('haproxy'))('HAProxy with a script', () => {
  describeDoor(openHaproxy, { statusOfTwoTokens: 401, statusWhenDown: [503] })
})

// examples/nginx, with Debian's nginx.
import { describe } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { openNginx } from './nginx.ts'
import { describeDoor } from './what-a-door-keeps.ts'

describe.skipIf(!has('nginx'))('nginx with auth_request', () => {
  describeDoor(openNginx, { statusOfTwoTokens: 400, statusWhenDown: [503] })
})

// The command that messages show the operator, for each way of starting this program.
import { describe, expect, test } from 'vitest'
import { commandName } from '../../../src/config/environment.ts'

describe('the command in messages is valid in the place where the program was started', () => {
  test.each([
    ['in a shell', {}, 'latchkey'],
    ['by "npm start" in the source', started('start', 'latchkey-workspace'), 'npm run -s latchkey --'],
    ['by "npm run latchkey" in the source', started('latchkey', 'latchkey-workspace'), 'npm run -s latchkey --'],
    ['by another script of the source', started('test', 'latchkey-workspace'), 'latchkey'],
    ['by "npm start" of a package that installed it', started('start', 'billing'), 'npx latchkey'],
    ['by "npm start" of a package without a name', { npm_lifecycle_event: 'start' }, 'npx latchkey'],
    ['by npx', started('npx', 'billing'), 'npx latchkey'],
    ['by npx in an empty folder', { npm_lifecycle_event: 'npx', npm_package_name: '' }, 'npx latchkey'],
  ])('%s', (_, env, command) => {
    expect(commandName(env)).toBe(command)
  })
})

function started(event: string, name: string): Readonly<Record<string, string>> {
  return { npm_lifecycle_event: event, npm_package_name: name }
}

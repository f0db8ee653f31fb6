// The documents that are made from the settings table.
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { configurationMarkdown, envExample, serveHelp } from '../../../src/config/document.ts'
import { readConfig } from '../../../src/config/read-config.ts'
import { allSettings, serverSettings } from '../../../src/config/settings.ts'

const everySetting = Object.values(allSettings)

test('docs/configuration.md has one section for each setting', () => {
  const headings = configurationMarkdown()
    .split('\n')
    .filter((line) => line.startsWith('### '))
  expect(headings.toSorted()).toEqual(everySetting.map(({ env }) => `### ${env}`).toSorted())
})

test('.env.example holds every setting, commented out', () => {
  expect(parseEnv(envExample())).toEqual({})
  const assigned = Object.keys(parseEnv(envExample().replaceAll(/^#(?=LATCHKEY)/gm, '')))
  expect(assigned.toSorted()).toEqual(everySetting.map(({ env, secret }) => (secret ? `${env}_FILE` : env)).toSorted())
})

test('the values of .env.example are valid, except for the files that they name', () => {
  const env = parseEnv(envExample().replaceAll(/^#(?=LATCHKEY)/gm, ''))
  const read = readConfig({ env, flags: {} })
  const problems = read.ok ? [] : read.refusal
  expect(problems.filter(({ setting }) => !setting.endsWith('_FILE'))).toEqual([])
})

test('the help of serve names every setting of the server and none of the command line', () => {
  for (const { env } of Object.values(serverSettings)) expect(serveHelp()).toContain(env)
  expect(serveHelp()).not.toContain(allSettings.adminUrl.env)
})

test('the documents keep to the width of a page', () => {
  for (const text of [configurationMarkdown(), envExample(), serveHelp()]) {
    expect(text.split('\n').filter((line) => line.length > 120)).toEqual([])
  }
})

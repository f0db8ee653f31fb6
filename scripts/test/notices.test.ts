// The file NOTICES of a release.
import { expect, test } from 'vitest'
import { thirdPartyNotices } from '../release/notices.mjs'

test('NOTICES has the licence texts of a package of the server, of a package of the console, and of Node', () => {
  const notices = thirdPartyNotices()
  const titles = [...notices.matchAll(/^-{80}\n\n(.+)$/gm)].map(([, title = '']) => title)
  for (const name of ['fastify', 'pg', 'react', '@mantine/core', 'uplot', 'Node.js']) {
    expect(titles.filter((title) => title.startsWith(`${name} `))).toHaveLength(1)
  }
  for (const title of titles) expect(title).toMatch(/^\S+ \d+\.\d+\.\d+\S* \(\S.*\)$/)
  expect(notices).toContain('Copyright Node.js contributors')
  expect(notices).toContain('Copyright (c) Meta Platforms')
})

test('NOTICES names no program that only builds or tests', () => {
  const notices = thirdPartyNotices()
  for (const name of ['vite', 'vitest', 'typescript', 'esbuild'])
    expect(notices).not.toMatch(new RegExp(`^${name} \\d`, 'm'))
})

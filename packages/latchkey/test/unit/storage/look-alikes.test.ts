// The products that only look like PostgreSQL, by what they say about themselves.
import { expect, test } from 'vitest'
import { lookAlikeOf } from '../../../src/storage/postgres/look-alikes.ts'

const LOCAL = '127.0.0.1'

test.each([
  ['PostgreSQL 15.14 (Debian 15.14-1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 14.2.0-19) 14.2.0, 64-bit'],
  ['PostgreSQL 17.6 on aarch64-unknown-linux-gnu, compiled by gcc, 64-bit'],
  ['PostgreSQL 18.0 (EnterpriseDB EDB Postgres Extended Server)'],
])('PostgreSQL is no look-alike: %s', (version) => {
  expect(lookAlikeOf({ host: LOCAL, version })).toBeUndefined()
})

test.each([
  ['CockroachDB', 'CockroachDB CCL v25.2.0 (aarch64-unknown-linux-gnu, built 2025/05/09)'],
  ['YugabyteDB', 'PostgreSQL 11.2-YB-2.20.1.3-b0 on x86_64-pc-linux-gnu, compiled by clang version 16'],
  ['Greenplum', 'PostgreSQL 9.4.26 (Greenplum Database 6.27.5 build commit:0a1b2c3) on x86_64-unknown-linux-gnu'],
])('%s is recognised by its version', (name, version) => {
  expect(lookAlikeOf({ host: LOCAL, version })).toBe(name)
})

test('Aurora DSQL is recognised by its host, because its version is that of PostgreSQL', () => {
  const host = 'abcdefghijklmnopqrst123456.dsql.us-east-1.on.aws'
  expect(lookAlikeOf({ host, version: 'PostgreSQL 16' })).toBe('Aurora DSQL')
  expect(
    lookAlikeOf({ host: 'db.cluster-abc.us-east-1.rds.amazonaws.com', version: 'PostgreSQL 16.4' }),
  ).toBeUndefined()
})

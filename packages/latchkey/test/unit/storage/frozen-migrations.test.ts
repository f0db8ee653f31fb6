// A store runs each step of the schema once, so an edit of a released step would only reach new stores.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { MIGRATIONS as ON_POSTGRES } from '../../../src/storage/postgres/migrations.ts'
import { MIGRATIONS as EMBEDDED } from '../../../src/storage/sqlite/migrations.ts'

/** SHA-256 of each step's SQL. Add a line for a new step. Never change one: append another step instead. */
const FROZEN = {
  embedded: [
    'a0daa8442ec82e397c8801d15ae253063783ebc6a3e26654b8faf59c7bdc496f',
    '00fd787a82ab08d0704078bfb4e966a088567a97fbb94ef53099ff0b1aeb0588',
    '013b4d01dfc067de8b46746ee102fb995ce7cb40217dc0b773d12dada685b513',
    '81bffa1b74ddcceaf27483a9e1c28951686e9787b8cb9727133c8c9c45062c06',
    '048922e2a75b826725e090a233ed163292470b1a006bed9a8909e10248a9900e',
    '159f445dab83443a69819fe03c569b40cf25da71c257697155888f004417df8e',
    '49f0469838b502f42a872c19a24b3937bc600761df14c63e5fe233e9c2951f4b',
    '7d039475d77a906b8df2aa5f3bd2ce91d0467610750a5263fa138d52b6007f61',
  ],
  postgres: [
    '78c25baf7d7de1c06e28386a3d4ad0a5ad8046ae336d03eda4e8836a20279e17',
    'a434efdb09f329df53aafcaa73c76b0bae7038321db94ae718fcdc1f634949da',
    '60066134f95ca0d0a8a80801d6fa5394b4eb6f463aaa5facf9ad466e09485609',
    '829c4a2b7a054fc78db2a6c1628dbfe1799fc2252769f7f5a3a32cbc2e24687e',
    '67d5188252cef32d20259b530969e6ad84af11361f259454ccc3e239bf4b5558',
    'af3170298803b912442325457a862e0e4df2115643e1c55387077d082000eacc',
    '3a05a642ec26fed34fef969a9990b2101a6f4a3d8883d6435f2f3d9287e565ea',
  ],
}

const digest = (sql: string): string => createHash('sha256').update(sql).digest('hex')

test('the released steps of the embedded schema never change', () => {
  expect(EMBEDDED.map(digest)).toEqual(FROZEN.embedded)
})

test('the released steps of the PostgreSQL schema and their numbers never change', () => {
  expect(ON_POSTGRES.map(({ sql }) => digest(sql))).toEqual(FROZEN.postgres)
  expect(ON_POSTGRES.map(({ checksum }) => checksum)).toEqual(FROZEN.postgres)
  expect(ON_POSTGRES.map(({ number }) => number)).toEqual(FROZEN.postgres.map((_, index) => index + 1))
})

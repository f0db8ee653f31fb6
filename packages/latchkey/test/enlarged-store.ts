// Makes a store large, for tests of what takes its time: with bytes that mean nothing to it.
import { DatabaseSync } from 'node:sqlite'

/** Nobody may have the store open. */
export function enlargeStore(file: string, megabytes: number): void {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA synchronous = OFF; CREATE TABLE ballast (x BLOB)')
  for (let n = 0; n < megabytes; n++) database.exec('INSERT INTO ballast VALUES (randomblob(1000000))')
  database.close()
}

// Makes a store large by adding meaningless bytes, for tests of slow operations.
import { DatabaseSync } from 'node:sqlite'

/** Enlarges the store, which must be closed. */
export function enlargeStore(file: string, megabytes: number): void {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA synchronous = OFF; CREATE TABLE ballast (x BLOB)')
  for (let n = 0; n < megabytes; n++) database.exec('INSERT INTO ballast VALUES (randomblob(1000000))')
  database.close()
}

// No secret, no admin key and no token is anywhere but where it belongs: not in the log, not in a file, not in another answer.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import { CliSession } from './cli-session.ts'
import { Connection } from './connection.ts'
import { type Integration, MODEL, PREDICT, readAdminKey } from './integrations.ts'
import { misuse } from './misuse.ts'
import { type RealServer, startRealServer } from './real-server.ts'
import {
  filesToSearch,
  formsOfPair,
  formsOfSecret,
  formsOfToken,
  KEY_FILES,
  type Needle,
  sightings,
  type Sought,
} from './secret-search.ts'

/** Everything that was handed out, and every answer that was read. */
class Evidence {
  readonly sought = new Map<string, Sought>()
  readonly places = new Map<string, string>()

  /** `belongsIn`: the answers that are there to show it. */
  know(name: string, needles: readonly Needle[], ...belongsIn: readonly string[]): void {
    this.sought.set(name, { needles, belongsIn: new Set(belongsIn) })
  }

  read(place: string, text: string): void {
    const before = this.places.get(place) ?? ''
    this.places.set(place, `${before}${text}\n`)
  }
}

// An owner's work on the command line against a running server: every act with its effect, its one JSON document, its exit code.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateClientSecret } from '@latchkey/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CliSession } from './cli-session.ts'
import { Connection } from './connection.ts'
import { MODEL, PREDICT, readAdminKey } from './integrations.ts'
import { type RealServer, startServerOfSuite } from './real-server.ts'

const ENV = { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }

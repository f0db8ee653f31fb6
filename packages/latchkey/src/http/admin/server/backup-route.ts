// GET /admin/v1/backup: a consistent copy of the whole store. The master key is not part of the store.
import { Readable } from 'node:stream'
import { backUpStore, type BackUpStorePorts } from '../../../operations/back-up-store.ts'
import type { BackupRefusal } from '../../../ports/backups.ts'
import { actorOf } from '../access/actor.ts'
import type { AdmissionPorts } from '../access/admission.ts'
import { whileAdmitted } from '../access/ended-right.ts'
import type { AdminServer } from '../admin-server.ts'
import { type Problem, sendProblem } from '../problems/problem.ts'

export type BackupRoutePorts = AdmissionPorts & BackUpStorePorts

/** Milliseconds without a byte on the connection. A reader that stalls blocks the next backup. */
const LONGEST = { making: 30 * 60_000, reading: 60_000 }

export function addBackupRoute(app: AdminServer, ports: BackupRoutePorts): void {
  app.get(
    '/admin/v1/backup',
    {
      // A HEAD request would copy the store only for its headers.
      exposeHeadRoute: false,
      schema: {
        summary: 'Makes a backup of the embedded store and streams it. The audit trail records it',
        tags: ['Server'],
        answers: {
          200: {
            description:
              'The backup: a SQLite database, followed by a line with the time, a checksum and the seal of the server. Content-Length is its length, and Repr-Digest (RFC 9530) the SHA-256 of the whole. A shorter file is not a valid backup.',
            content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
          },
        },
        problems: ['backed_up_elsewhere', 'backup_under_way', 'no_room_for_backup'],
      },
    },
    async (request, reply) => {
      reply.raw.setTimeout(LONGEST.making)
      const made = await backUpStore(ports, actorOf(request))
      reply.raw.setTimeout(LONGEST.reading)
      if (!made.ok) return sendProblem(reply, backupProblem(made.refusal))
      const { bytes, madeAt, sha256 } = made.value
      const name = `latchkey-${new Date(madeAt * 1000).toISOString().replaceAll(/[-:]|\.000/g, '')}.backup`
      const body = Readable.from(whileAdmitted(made.value.read(), ports, request), { objectMode: false })
      // The stream closes even if the connection ends before the first byte is read.
      body.once('close', () => void made.value.drop())
      return reply
        .headers({
          'content-length': String(bytes),
          'content-disposition': `attachment; filename="${name}"`,
          'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
        })
        .type('application/octet-stream')
        .send(body)
    },
  )
}

function backupProblem(refusal: BackupRefusal): Problem {
  switch (refusal.reason) {
    case 'backed_up_elsewhere':
      return {
        code: 'backed_up_elsewhere',
        detail:
          'The store is in PostgreSQL. Back the database up with pg_dump, or with base backups and the write-ahead log, as you do with your others.',
      }
    case 'backup_under_way':
      return { code: 'backup_under_way', detail: 'Another backup is under way. Try again when it is downloaded.' }
    case 'no_room_for_backup':
      return {
        code: 'no_room_for_backup',
        detail: `The disk has no room for a backup: it takes ${inMebibytes(refusal.needed)} beside the store, and ${inMebibytes(refusal.free)} are free.`,
      }
  }
}

const inMebibytes = (bytes: number): string => `${String(Math.ceil(bytes / 1024 / 1024))} MiB`

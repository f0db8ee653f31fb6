// GET /admin/v1/backup: a consistent copy of the whole store. The copy does not contain the master key.
import { Readable } from 'node:stream'
import { backUpStore, type BackUpStorePorts } from '../../../operations/back-up-store.ts'
import type { BackupRefusal } from '../../../ports/backups.ts'
import { actorOf } from '../access/actor.ts'
import type { AdmissionPorts } from '../access/admission.ts'
import { whileAdmitted } from '../access/ended-right.ts'
import type { AdminServer } from '../admin-server.ts'
import { type Problem, sendProblem } from '../problems/problem.ts'

export type BackupRoutePorts = AdmissionPorts & BackUpStorePorts

/**
 * The milliseconds without traffic after which the server closes the connection: while it makes the backup, and while
 * the client reads the backup. A client that stalls would block the next backup.
 */
const LONGEST = { making: 30 * 60_000, reading: 60_000 }

export function addBackupRoute(app: AdminServer, ports: BackupRoutePorts): void {
  app.get(
    '/admin/v1/backup',
    {
      // HEAD is not supported: it would copy the store only to send the headers.
      exposeHeadRoute: false,
      schema: {
        summary: 'Makes a backup of the embedded store and streams the backup. The audit trail records this',
        tags: ['Server'],
        answers: {
          200: {
            description:
              'The backup: a SQLite database, followed by a line with the time, a checksum and the seal of the server. Content-Length is the length of the backup, and Repr-Digest (RFC 9530) is its SHA-256. A shorter file is not a valid backup.',
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
      // The stream also closes if the connection ends before the first byte of the stream was read.
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
          'The store is in PostgreSQL. Back up the database with pg_dump, or with base backups and the write-ahead log.',
      }
    case 'backup_under_way':
      return {
        code: 'backup_under_way',
        detail: 'Another backup is in progress. Try again after its download has ended.',
      }
    case 'no_room_for_backup':
      return {
        code: 'no_room_for_backup',
        detail: `The disk has too little space for a backup. A backup needs ${inMebibytes(refusal.needed)}, and ${inMebibytes(refusal.free)} are free.`,
      }
  }
}

const inMebibytes = (bytes: number): string => `${String(Math.ceil(bytes / 1024 / 1024))} MiB`

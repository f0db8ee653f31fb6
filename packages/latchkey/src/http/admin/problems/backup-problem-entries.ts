// The problems of backups, for the catalog.
import type { ProblemEntry } from './problem-entry.ts'

export const BACKUP_CONFLICTS = {
  backed_up_elsewhere: {
    status: 409,
    title: 'The store is in PostgreSQL',
    meaning: 'This server keeps its store in a PostgreSQL database, whose own programs make its backups.',
    cure: 'Use pg_dump, or base backups and the write-ahead log. After a restore run latchkey after-restore on the database.',
  },
  backup_under_way: {
    status: 409,
    title: 'A backup is under way',
    meaning: 'One backup at a time is made and handed out: each takes as much room on the disk as the store.',
    cure: 'Wait until the other one is downloaded, or stop that download.',
  },
} as const satisfies Readonly<Record<string, ProblemEntry>>

export const NO_ROOM_FOR_BACKUP = {
  no_room_for_backup: {
    status: 507,
    title: 'The disk has no room for a backup',
    meaning:
      'A backup is made beside the store, on its disk, before it is handed out. There is not enough room for that and for the store to go on.',
    cure: 'Make room on the disk that holds the data folder: as much as the store takes, and 32 MiB more.',
  },
} as const satisfies Readonly<Record<string, ProblemEntry>>

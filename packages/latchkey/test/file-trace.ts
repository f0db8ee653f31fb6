// Reads the writes and syncs from a strace of a process, and computes the files that a power cut or a kill could leave.
import { basename } from 'node:path'

/** Options for strace: all calls that change or sync a file, with the bytes that they write. */
export const FILE_TRACE = ['-y', '-xx', '-s', '70000', '-e', 'trace=pwrite64,ftruncate,fsync,fdatasync,write'] as const

export type FileAct =
  | { readonly kind: 'written'; readonly file: string; readonly bytes: Buffer; readonly at: number }
  | { readonly kind: 'cut'; readonly file: string; readonly length: number }
  | { readonly kind: 'synced'; readonly file: string }
  | { readonly kind: 'said'; readonly text: string }

const LINE = /^(?:\d+ +)?(?<call>\w+)\(\d+<(?<path>[^>]*)>(?:, (?<rest>.*))?\) += \d+/

/** Yields the system calls in the order in which they returned. Only one thread of the process writes. */
export function* actsOf(trace: string): Generator<FileAct> {
  for (const line of trace.split('\n')) {
    const { call, path, rest = '' } = LINE.exec(line)?.groups ?? {}
    if (call === undefined || path === undefined) continue
    const file = basename(Buffer.from(path.replaceAll('\\x', ''), 'hex').toString() || path)
    const [, hex = '', at = '0'] = /^"((?:\\x[0-9a-f]{2})*)"(?:, \d+, (\d+))?/.exec(rest) ?? []
    const bytes = Buffer.from(hex.replaceAll('\\x', ''), 'hex')
    if (call === 'pwrite64') yield { kind: 'written', file, bytes, at: Number(at) }
    else if (call === 'ftruncate') yield { kind: 'cut', file, length: Number(rest) }
    else if (call === 'write') yield { kind: 'said', text: bytes.toString() }
    else yield { kind: 'synced', file }
  }
}

const SECTOR = 512

/** Files on a disk with a write cache. A power cut keeps the synced bytes, and may lose later writes. */
export class CachedFiles {
  readonly #durable: Map<string, Buffer>
  readonly #pending: FileAct[] = []

  constructor(files: ReadonlyMap<string, Buffer>) {
    this.#durable = new Map(files)
  }

  act(act: FileAct): void {
    if (act.kind === 'said') return
    if (act.kind !== 'synced') {
      this.#pending.push(act)
      return
    }
    for (const pending of this.#pending)
      if (pending.kind !== 'said' && pending.file === act.file) apply(this.#durable, pending)
    const others = this.#pending.filter((pending) => pending.kind === 'said' || pending.file !== act.file)
    this.#pending.splice(0, Infinity, ...others)
  }

  /**
   * Returns the files after a power cut. `kept` decides for each sector with unsynced writes whether these writes
   * reached the disk. A sector is written completely or not at all.
   */
  left(kept: () => boolean): ReadonlyMap<string, Buffer> {
    const files = new Map([...this.#durable].map(([name, bytes]) => [name, Buffer.from(bytes)]))
    const sectors = new Map<string, boolean>()
    const isKept = (sector: string): boolean => {
      const isOnDisk = sectors.get(sector) ?? kept()
      sectors.set(sector, isOnDisk)
      return isOnDisk
    }
    for (const pending of this.#pending) {
      if (pending.kind !== 'written') {
        if (kept()) apply(files, pending)
        continue
      }
      const { file, bytes, at } = pending
      for (let from = 0; from < bytes.length;) {
        const to = Math.min(bytes.length, from + SECTOR - ((at + from) % SECTOR))
        const sector = `${file} ${String(Math.floor((at + from) / SECTOR))}`
        if (isKept(sector)) apply(files, { ...pending, bytes: bytes.subarray(from, to), at: at + from })
        from = to
      }
    }
    return files
  }
}

function apply(files: Map<string, Buffer>, act: FileAct): void {
  if (act.kind === 'said' || act.kind === 'synced') return
  const before = files.get(act.file) ?? Buffer.alloc(0)
  const end = act.kind === 'cut' ? act.length : Math.max(before.length, act.at + act.bytes.length)
  const after = Buffer.alloc(end)
  before.copy(after)
  if (act.kind === 'written') act.bytes.copy(after, act.at)
  files.set(act.file, after)
}

// Writes tar files (POSIX ustar) that depend only on the names and contents of the files: the same entries give the
// same bytes.

const BLOCK = 512
const LONGEST_NAME = 100

/**
 * @typedef {{ path: string, mode: number, owner?: number } &
 *   ({ kind: 'file', content: Buffer } | { kind: 'folder' } | { kind: 'link', target: string })} TarEntry
 */

const TYPES = { file: '0', link: '2', folder: '5' }

/**
 * Sorts the entries by path. All files have the time 0, so that a layer changes only if its contents change.
 * @param {readonly TarEntry[]} entries paths without a slash at either end
 * @returns {Buffer}
 */
export function tarOf(entries) {
  const sorted = entries.toSorted((one, other) => (one.path < other.path ? -1 : 1))
  const parts = sorted.flatMap((entry) => {
    const content = entry.kind === 'file' ? entry.content : Buffer.alloc(0)
    return [headerOf(entry, content.length), content, Buffer.alloc(-content.length & (BLOCK - 1))]
  })
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])
}

/** @param {TarEntry} entry @param {number} size @returns {Buffer} */
function headerOf(entry, size) {
  const header = Buffer.alloc(BLOCK)
  const { name, prefix } = splitPath(entry.kind === 'folder' ? `${entry.path}/` : entry.path)
  const owner = entry.owner ?? 0
  header.write(name, 0)
  header.write(octal(entry.mode, 7), 100)
  header.write(octal(owner, 7), 108)
  header.write(octal(owner, 7), 116)
  header.write(octal(size, 11), 124)
  header.write(octal(0, 11), 136)
  header.write(' '.repeat(8), 148)
  header.write(TYPES[entry.kind], 156)
  if (entry.kind === 'link') header.write(entry.target, 157, LONGEST_NAME)
  header.write('ustar\u000000', 257, 'latin1')
  header.write(prefix, 345)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${octal(sum, 6)}\0 `, 148, 'latin1')
  return header
}

/** @param {string} path @returns {{ name: string, prefix: string }} */
function splitPath(path) {
  if (Buffer.byteLength(path) <= LONGEST_NAME) return { name: path, prefix: '' }
  const cut = path.indexOf('/', path.length - LONGEST_NAME - 1)
  const prefix = path.slice(0, cut)
  if (cut < 1 || cut === path.length - 1 || prefix.length > 155) throw new Error(`${path} is too long for a tar file.`)
  return { name: path.slice(cut + 1), prefix }
}

/** @param {number} value @param {number} digits */
const octal = (value, digits) => value.toString(8).padStart(digits, '0')

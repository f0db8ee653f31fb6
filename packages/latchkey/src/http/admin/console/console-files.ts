// The files of the built console. The folder is listed once, so that a path in a request never reaches the disk.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  acceptedEncodings,
  type EncodedDocument,
  encodedDocument,
  type Encoding,
} from '../documents/encoded-document.ts'

export interface ConsoleFiles {
  /** The HTML page for every path of the console. */
  readonly page: string
  /** Returns a file, read from the disk at its first use. Undefined if the console has no such file. */
  asset(name: string, acceptEncoding: string): Promise<EncodedDocument | undefined>
}

const SUFFIX: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' }

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  json: 'application/json; charset=utf-8',
}

/** Undefined if the folder has no built console. */
export function openConsoleFiles(folder: string): ConsoleFiles | undefined {
  const pageFile = join(folder, 'index.html')
  if (!existsSync(pageFile)) return undefined
  const assets = join(folder, 'assets')
  const names = new Set(existsSync(assets) ? readdirSync(assets) : [])
  const kept = new Map<string, Promise<EncodedDocument>>()
  const open = async (name: string, type: string, encoding: Encoding | undefined): Promise<EncodedDocument> =>
    encodedDocument(type, encoding, await readFile(join(assets, name)))
  return {
    page: readFileSync(pageFile, 'utf8'),
    asset: async (name, acceptEncoding) => {
      const type = TYPES[name.slice(name.lastIndexOf('.') + 1)]
      if (type === undefined || !names.has(name)) return undefined
      const encoding = acceptedEncodings(acceptEncoding).find((each) => names.has(`${name}${SUFFIX[each]}`))
      const file = encoding === undefined ? name : `${name}${SUFFIX[encoding]}`
      const asset = kept.get(file) ?? open(file, type, encoding)
      kept.set(file, asset)
      try {
        return await asset
      } catch (cause) {
        // After a failure the next request reads the file again.
        kept.delete(file)
        throw cause
      }
    },
  }
}

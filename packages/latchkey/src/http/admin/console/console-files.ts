// The files of the built console, compressed if the browser accepts it.
import type { FileFolder } from '../../../program-files.ts'
import {
  acceptedEncodings,
  type EncodedDocument,
  encodedDocument,
  type Encoding,
} from '../documents/encoded-document.ts'

export interface ConsoleFiles {
  /** The HTML page for every path of the console. */
  readonly page: string
  /**
   * Returns a file. Keeps each file in memory after its first use. Undefined if the console has no such file, or if the
   * type of the file is not in `TYPES`.
   */
  file(path: string, acceptEncoding: string): Promise<EncodedDocument | undefined>
}

const SUFFIX: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' }

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  json: 'application/json; charset=utf-8',
}

const PAGE = 'index.html'

/** Returns the files of the built console. Undefined if the folder has no such files. */
export function openConsoleFiles({ names, text, bytes }: FileFolder): ConsoleFiles | undefined {
  if (!names.has(PAGE)) return undefined
  const kept = new Map<string, Promise<EncodedDocument>>()
  const open = async (name: string, type: string, encoding: Encoding | undefined): Promise<EncodedDocument> =>
    encodedDocument(type, encoding, await bytes(name))
  return {
    page: text(PAGE),
    file: async (name, acceptEncoding) => {
      const type = TYPES[name.slice(name.lastIndexOf('.') + 1)]
      if (type === undefined || !names.has(name)) return undefined
      const encoding = acceptedEncodings(acceptEncoding).find((each) => names.has(`${name}${SUFFIX[each]}`))
      const file = encoding === undefined ? name : `${name}${SUFFIX[encoding]}`
      const document = kept.get(file) ?? open(file, type, encoding)
      kept.set(file, document)
      try {
        return await document
      } catch (cause) {
        // After a failed read, the next request reads the file again.
        kept.delete(file)
        throw cause
      }
    },
  }
}

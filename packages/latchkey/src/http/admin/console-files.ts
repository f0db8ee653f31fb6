// The built console on the disk: which files there are is looked up once, so that no path of a request reaches the disk.
import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface ConsoleFiles {
  /** The page that every address of the console begins with. */
  readonly page: string
  /** Undefined for what is not there. */
  asset(name: string, acceptEncoding: string): Promise<ConsoleAsset | undefined>
}

export interface ConsoleAsset {
  readonly content: Buffer
  readonly type: string
  readonly encoding: Encoding | undefined
  readonly etag: string
}

type Encoding = 'br' | 'gzip'

const SUFFIX: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' }

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  json: 'application/json; charset=utf-8',
}

/** Undefined when the console was not built into this folder. */
export function openConsoleFiles(folder: string): ConsoleFiles | undefined {
  const pageFile = join(folder, 'index.html')
  if (!existsSync(pageFile)) return undefined
  const assets = join(folder, 'assets')
  const names = new Set(existsSync(assets) ? readdirSync(assets) : [])
  return {
    page: readFileSync(pageFile, 'utf8'),
    asset: async (name, acceptEncoding) => {
      const type = TYPES[name.slice(name.lastIndexOf('.') + 1)]
      if (type === undefined || !names.has(name)) return undefined
      const encoding = accepted(acceptEncoding).find((each) => names.has(`${name}${SUFFIX[each]}`))
      const content = await readFile(join(assets, encoding === undefined ? name : `${name}${SUFFIX[encoding]}`))
      return { content, type, encoding, etag: `"${hash('sha256', content, 'base64url').slice(0, 22)}"` }
    },
  }
}

/** The smaller first. RFC 9110 §12.5.3: a weight of 0 means not at all. */
function accepted(header: string): readonly Encoding[] {
  const offers = header.split(',').map((offer) => {
    const [coding = '', ...parameters] = offer.split(';').map((part) => part.trim().toLowerCase())
    return { coding, isRefused: parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) }
  })
  return (['br', 'gzip'] as const).filter((each) => offers.some((offer) => offer.coding === each && !offer.isRefused))
}

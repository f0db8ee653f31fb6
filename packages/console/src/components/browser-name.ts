// Names the browser of a session in words, because few people can read a User-Agent header.

const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['Firefox', 'Firefox'],
  ['HeadlessChrome', 'Chrome'],
  ['Chrome', 'Chrome'],
  ['Version', 'Safari'],
] as const

const SYSTEMS = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux|X11/, 'Linux'],
] as const

/** Returns for example `Firefox 140 on Linux`. Returns the user agent itself if the browser is not known. */
export function browserName(userAgent: string): string {
  for (const [product, name] of BROWSERS) {
    const version = new RegExp(`\\b${product}/(\\d+)`).exec(userAgent)?.[1]
    if (version === undefined || (name === 'Safari' && !userAgent.includes('Safari/'))) continue
    const system = SYSTEMS.find(([shape]) => shape.test(userAgent))?.[1]
    return system === undefined ? `${name} ${version}` : `${name} ${version} on ${system}`
  }
  return userAgent
}

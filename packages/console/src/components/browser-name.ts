// The browser of a session in words: a user agent says it in a form that few people read.

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

/** Such as `Firefox 140 on Linux`. The user agent itself if it is not that of a known browser. */
export function browserName(userAgent: string): string {
  for (const [product, name] of BROWSERS) {
    const version = new RegExp(`\\b${product}/(\\d+)`).exec(userAgent)?.[1]
    if (version === undefined || (name === 'Safari' && !userAgent.includes('Safari/'))) continue
    const system = SYSTEMS.find(([shape]) => shape.test(userAgent))?.[1]
    return system === undefined ? `${name} ${version}` : `${name} ${version} on ${system}`
  }
  return userAgent
}

// Detects a Cloudflare Worker. Its runtime differs from Node: no connection outlives a request, and `crypto.verify`
// accepts fewer forms of a key.

/** Only Workers have this user agent. */
export const isCloudflareWorker = (): boolean =>
  typeof navigator !== 'undefined' && navigator.userAgent === 'Cloudflare-Workers'

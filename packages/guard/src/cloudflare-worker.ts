// Whether the guard runs in a Cloudflare Worker, whose runtime differs from Node in two things that the guard needs.

/** Only Workers have this user agent. */
export const isCloudflareWorker = (): boolean =>
  typeof navigator !== 'undefined' && navigator.userAgent === 'Cloudflare-Workers'

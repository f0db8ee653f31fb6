// Says whether the guard runs in a Cloudflare Worker, whose runtime differs from Node in two respects that matter to
// the guard.

/** Only Workers have this user agent. */
export const isCloudflareWorker = (): boolean =>
  typeof navigator !== 'undefined' && navigator.userAgent === 'Cloudflare-Workers'

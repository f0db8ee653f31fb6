// Reads findings of `latchkey doctor` about a server that runs in this process.
import type { TestServer } from './a-server.ts'
import { latchkey } from './run-command.ts'

/** Returns the finding of one check. Undefined if doctor did not make the check. */
export async function findingOf({ adminUrl, adminKey, publicUrl }: TestServer, check: string): Promise<unknown> {
  const env = { LATCHKEY_ADMIN_URL: adminUrl, LATCHKEY_ADMIN_KEY: adminKey.reveal(), LATCHKEY_PUBLIC_URL: publicUrl }
  const { stdout } = await latchkey(['doctor', '--json'], env)
  const { checks } = JSON.parse(stdout) as { readonly checks: readonly { readonly check: string }[] }
  return checks.find((finding) => finding.check === check)
}

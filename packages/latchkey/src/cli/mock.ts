// latchkey mock: runs a mock until a signal asks it to stop. It prints what a test needs to use the mock.
import { type MockFlags, readMockConfig } from '../config/read-mock-config.ts'
import { privateFolder } from '../mock/private-folder.ts'
import { type RunningMock, startMock } from '../mock/start-mock.ts'
import { FolderNotMade } from '../make-folder.ts'
import { VERSION } from '../version.ts'
import { unusable } from './cli-failure.ts'
import { serveUntilStopped } from './serve.ts'
import type { Terminal } from './terminal.ts'

/** Runs a mock. Returns the exit code when the mock has stopped. Throws `CliFailure` if the mock cannot start. */
export async function mock(flags: MockFlags, form: 'text' | 'json', terminal: Terminal): Promise<number> {
  return serveUntilStopped(terminal, {
    configuration: () => readMockConfig({ env: terminal.env, flags }, ownFolder),
    start: startMock,
    message: form === 'json' ? asJson : asText,
  })
}

function ownFolder(): string {
  try {
    return privateFolder()
  } catch (cause) {
    throw cause instanceof FolderNotMade ? unusable(cause.message) : cause
  }
}

/**
 * The output is one line, so that a program that waits for a line gets all of it. The credentials are valid only for
 * this mock.
 */
function asJson({ issuer, adminUrl, adminKey, firstStart }: RunningMock): string {
  const demo = firstStart?.demo
  return JSON.stringify({
    issuer,
    token_endpoint: `${issuer}/v1/token`,
    admin_url: adminUrl,
    admin_key: adminKey.reveal(),
    ...(demo !== undefined && { client_id: demo.clientId, client_secret: demo.clientSecret.reveal() }),
  })
}

function asText({ issuer, adminUrl, adminKey, firstStart, setUpLink }: RunningMock): string {
  const demo = firstStart?.demo
  const credentials = [
    `  Client ID       ${demo?.clientId ?? ''}`,
    `  Client secret   ${demo?.clientSecret.reveal() ?? ''}`,
  ]
  return `Latchkey ${VERSION} is ready as a MOCK, for tests only. When it ends, all of it is gone.

  Token endpoint  ${issuer}/v1/token
${demo === undefined ? '' : `${credentials.join('\n')}\n`}  Console         ${setUpLink?.reveal() ?? adminUrl}
  Admin API       ${adminUrl}/admin/v1
  Admin key       ${adminKey.reveal()}
`
}

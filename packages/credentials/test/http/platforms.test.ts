// The assertions of GitHub Actions, GitLab and Kubernetes, and the errors if a platform gives no assertion.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  AssertionUnavailable,
  type ClientCredentials,
  createClientAuthentication,
  githubActions,
  gitlab,
  kubernetes,
} from '../../src/index.ts'
import { aGithubEndpoint } from '../github-endpoint.ts'

const AUDIENCE = 'https://auth.example.com/oauth2/default?a=b&c'

/** The assertion that a request of the client sends, or the error. */
async function sentBy(credentials: ClientCredentials): Promise<unknown> {
  const subject = { clientId: 'lk0123456789abcd', audience: 'https://auth.example.com/oauth2/default' }
  try {
    const { authorization, form } = await createClientAuthentication(credentials, subject)()
    expect(authorization).toBeUndefined()
    return form['client_assertion']
  } catch (cause) {
    expect(cause).toBeInstanceOf(AssertionUnavailable)
    expect(inspect(cause, { depth: 5 })).not.toContain('permission-of-the-job')
    return (cause as Error).message
  }
}

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

describe('githubActions', () => {
  // The tests may themselves run in a job of GitHub Actions.
  beforeEach(() => {
    vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', undefined)
    vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', undefined)
    onTestFinished(() => void vi.unstubAllEnvs())
  })

  test('asks the endpoint of the job for an ID token with the audience, for each request', async () => {
    let count = 0
    const { requests } = await aGithubEndpoint((_request, response) => {
      json(response, 200, { count: 1, value: `id.token.${String(++count)}` })
    })
    const credentials = githubActions({ audience: AUDIENCE })
    expect([await sentBy(credentials), await sentBy(credentials)]).toEqual(['id.token.1', 'id.token.2'])
    expect(requests).toHaveLength(2)
    const [method, url = '', authorization] = requests[0] ?? []
    expect([method, authorization]).toEqual(['GET', 'Bearer permission-of-the-job'])
    const { pathname, searchParams } = new URL(url, 'http://127.0.0.1')
    expect(pathname).toBe('/token')
    expect(Object.fromEntries(searchParams)).toEqual({ 'api-version': '2.0', audience: AUDIENCE })
  })

  test('fails outside of a job with the permission, and the error says what the job needs', async () => {
    expect(await sentBy(githubActions({ audience: AUDIENCE }))).toBe(
      'GitHub Actions gives no ID token here, because ACTIONS_ID_TOKEN_REQUEST_URL or ACTIONS_ID_TOKEN_REQUEST_TOKEN is missing: run this in a job with "permissions: id-token: write"',
    )
  })

  test.each<[string, (response: ServerResponse) => void, string]>([
    ['a refusal', (response) => json(response, 403, { value: 'id.token.x' }), 'answered 403 without an ID token'],
    ['an answer without value', (response) => json(response, 200, {}), 'answered 200 without an ID token'],
    ['an answer that is no object', (response) => json(response, 200, null), 'answered 200 without an ID token'],
    ['an answer that is no JSON', (response) => response.end('<html>'), 'answered 200 without an ID token'],
    [
      'a value that is no JWT',
      (response) => json(response, 200, { value: 'x' }),
      'the assertion is not a JWT in compact form',
    ],
    ['a broken connection', (response) => response.destroy(), 'could not be reached for an ID token'],
    [
      'a redirect, which could lead the permission to another server',
      (response) => response.writeHead(302, { location: '/other' }).end(),
      'could not be reached for an ID token',
    ],
  ])('fails after %s, and the error says what GitHub did', async (_what, answer, message) => {
    await aGithubEndpoint((_request, response) => {
      answer(response)
    })
    expect(await sentBy(githubActions({ audience: AUDIENCE }))).toContain(message)
  })

  test('waits three seconds for an answer', async () => {
    await aGithubEndpoint(() => undefined)
    const began = performance.now()
    expect(await sentBy(githubActions({ audience: AUDIENCE }))).toBe('GitHub Actions did not answer within 3 s')
    expect(performance.now() - began).toBeLessThan(10_000)
  })
})

describe('gitlab', () => {
  test.each([
    ['GITLAB_ID_TOKEN, unless another is named', gitlab(), 'GITLAB_ID_TOKEN'],
    ['the variable that is named', gitlab({ variable: 'OTHER_ID_TOKEN' }), 'OTHER_ID_TOKEN'],
  ])('sends the ID token of the job in %s', async (_what, credentials, variable) => {
    onTestFinished(() => void vi.unstubAllEnvs())
    vi.stubEnv(variable, undefined)
    expect(await sentBy(credentials)).toBe(
      `the variable ${variable} is not set: declare it under id_tokens of the job, with the issuer of the server as aud`,
    )
    vi.stubEnv(variable, 'id.token.gitlab')
    expect(await sentBy(credentials)).toBe('id.token.gitlab')
  })
})

describe('kubernetes', () => {
  test('sends the token in the file of the projected volume, and the renewed one after that', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-credentials-'))
    onTestFinished(() => {
      rmSync(folder, { recursive: true })
    })
    const path = join(folder, 'token')
    const credentials = kubernetes({ path })
    expect(await sentBy(credentials)).toBe(`the assertion file ${path} cannot be read`)
    for (const token of ['pod.token.1', 'pod.token.2']) {
      writeFileSync(path, token, { mode: 0o644 })
      expect(await sentBy(credentials)).toBe(token)
    }
  })

  test('reads /var/run/secrets/latchkey/token unless another file is named', async () => {
    expect(await sentBy(kubernetes())).toBe('the assertion file /var/run/secrets/latchkey/token cannot be read')
  })
})

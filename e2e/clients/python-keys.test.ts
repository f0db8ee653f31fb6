// Python clients with a key of their own: Authlib with its default lifetime and with a short one, and PyJWT for the
// assertion alone.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { aClientKey } from '../../packages/latchkey/test/client-assertions.ts'
import { has } from '../../scripts/programs.mjs'
import { createIntegration, PREDICT } from '../integrations.ts'
import { addKey } from '../key-client.ts'
import { type RealServer, startServerOfSuite } from '../real-server.ts'

const AUTHLIB = `
import os
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign

ISSUER, CLIENT_ID, KEY_ID, KEY = (os.environ[name] for name in ('ISSUER', 'CLIENT_ID', 'KEY_ID', 'KEY'))

class ShortLived(PrivateKeyJWT):
    def sign(self, auth, token_endpoint):
        return private_key_jwt_sign(
            auth.client_secret, client_id=auth.client_id, token_endpoint=token_endpoint,
            alg=self.alg, header=dict(self.headers), expires_in=60,
        )

def ask(session):
    try:
        token = session.fetch_token(ISSUER + '/v1/token', grant_type='client_credentials', scope=os.environ['SCOPE'])
        print(token['token_type'], token['expires_in'])
    except OAuthError as refused:
        print(refused.error)

def session(kind, **more):
    method = kind(token_endpoint=ISSUER, alg='ES256', headers={'kid': KEY_ID}, **more)
    return OAuth2Session(CLIENT_ID, KEY, token_endpoint_auth_method=method)
`

const PYJWT = `
import os, time, urllib.parse, urllib.request, uuid
import jwt

now = int(time.time())
client_id = os.environ['CLIENT_ID']
claims = {'iss': client_id, 'sub': client_id, 'aud': os.environ['ISSUER'], 'jti': str(uuid.uuid4()), 'iat': now, 'exp': now + 60}
form = {
    'grant_type': 'client_credentials',
    'scope': os.environ['SCOPE'],
    'client_assertion_type': 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    'client_assertion': jwt.encode(claims, os.environ['KEY'], algorithm='ES256', headers={'kid': os.environ['KEY_ID']}),
}
for _ in range(2):
    try:
        answer = urllib.request.urlopen(os.environ['ISSUER'] + '/v1/token', urllib.parse.urlencode(form).encode())
        print(answer.status)
    except urllib.error.HTTPError as refused:
        print(refused.code)
`

describe.skipIf(!has('python3-authlib'))('in Python', () => {
  let server: RealServer
  beforeAll(async () => {
    server = await startServerOfSuite()
  })
  afterAll(async () => void (await server.stop()))

  /** Runs the program with the key of a new integration, and returns its lines. */
  async function linesOf(program: string, maxLifetime = 300): Promise<readonly string[]> {
    const integration = await createIntegration(server)
    const { privateKey, jwk, kid } = aClientKey('ES256')
    await addKey(server, integration, { jwk, max_lifetime: maxLifetime })
    const child = spawn('/usr/bin/python3', ['-c', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ISSUER: server.issuer,
        CLIENT_ID: integration.clientId,
        KEY_ID: kid,
        KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        SCOPE: PREDICT,
        // The server of this test speaks plain HTTP on loopback.
        AUTHLIB_INSECURE_TRANSPORT: '1',
      },
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(child, 'close')
    return Buffer.concat(chunks).toString().trim().split('\n')
  }

  const TOKEN = 'Bearer 3600'

  test('Authlib with its defaults gets tokens if the key allows assertions that live an hour, and is refused otherwise', async () => {
    const program = `${AUTHLIB}\none = session(PrivateKeyJWT)\nask(one)\nask(one)`
    expect(await linesOf(program, 3600)).toEqual([TOKEN, TOKEN])
    expect(await linesOf(program)).toEqual(['invalid_client', 'invalid_client'])
  })

  test('Authlib with assertions that live a minute gets tokens with every key', async () => {
    expect(await linesOf(`${AUTHLIB}\none = session(ShortLived)\nask(one)\nask(one)`)).toEqual([TOKEN, TOKEN])
  })

  test('Authlib with the option claims repeats its jti, so only the first of its requests gets a token', async () => {
    const program = `${AUTHLIB}\none = session(PrivateKeyJWT, claims={'team': 'billing'})\nask(one)\nask(one)`
    expect(await linesOf(program, 3600)).toEqual([TOKEN, 'invalid_client'])
  })

  test('an assertion of PyJWT is accepted once', async () => {
    expect(await linesOf(PYJWT)).toEqual(['200', '401'])
  })
})

// GET /admin/v1/server: the endpoints that the console and scripts give to clients.
import { expect, test } from 'vitest'
import { anAdminListener } from '../an-admin-listener.ts'

test('the server shows the address for its clients only to operators', async () => {
  const admin = await anAdminListener()
  const answer = await admin.ask({ url: '/admin/v1/server', headers: { authorization: `Bearer ${admin.keys.viewer}` } })
  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toMatchObject({
    issuer: 'https://auth.example.com/oauth2/ausao8uveaPmyhv0v357',
    token_endpoint: 'https://auth.example.com/oauth2/ausao8uveaPmyhv0v357/v1/token',
    token_lifetime_seconds: 3600,
    secret_reveal: 'operators',
    database_clock_offset_seconds: null,
    other_issuers: [],
    environment: { name: 'Staging', color: 'orange' },
  })
  const { statusCode } = await admin.ask({ url: '/admin/v1/server', headers: { authorization: undefined } })
  expect(statusCode).toBe(401)
})

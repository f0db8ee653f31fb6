// GET /admin/v1/configuration: the current settings and the origin of each. For a secret the answer says only whether
// the secret is set.
import { Type } from 'typebox'
import type { AdminServer } from '../admin-server.ts'
import { listOf } from '../conventions/paging.ts'

/** A setting with the value that the server uses. */
interface SettingInForce {
  readonly name: string
  readonly group: string
  readonly doc: string
  readonly value: string | undefined
  readonly defaultText: string
  readonly origin: string
  readonly secret: 'set' | 'unset' | undefined
}

export interface ConfigurationPorts {
  readonly settings: readonly SettingInForce[]
}

export const SettingView = Type.Object({
  name: Type.String({ description: 'The environment variable' }),
  group: Type.String(),
  description: Type.String(),
  value: Type.Union([Type.String(), Type.Null()], {
    description: 'The value in the form of the variable. null if the setting is not set, and for a secret',
  }),
  default: Type.String({ description: 'The default, in words' }),
  origin: Type.String({ description: 'The origin: `default`, `env` with the variable, or `flag` with the flag' }),
  secret: Type.Union([Type.Enum(['set', 'unset']), Type.Null()], {
    description: 'Whether the secret is set. null if the setting is not a secret',
  }),
})

export function addConfigurationRoute(app: AdminServer, { settings }: ConfigurationPorts): void {
  const schema = {
    summary: 'Lists the current settings and their origins',
    tags: ['Server'],
    response: { 200: listOf(SettingView) },
  }
  const items = settings.map(({ doc: description, value = null, defaultText, secret = null, ...about }) => ({
    ...about,
    ...{ description, value, secret, default: defaultText },
  }))
  app.get('/admin/v1/configuration', { schema }, async (_request, reply) => reply.send({ items }))
}

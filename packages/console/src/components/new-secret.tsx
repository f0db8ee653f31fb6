// A new secret, with everything that a program needs to use it.
import { Button, Stack } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { serverQuery } from '../api/queries.ts'
import { envFile } from '../snippets/snippets.ts'
import { t } from '../strings.ts'
import { CopyText } from './copy-text.tsx'
import { saveFile } from './save-file.ts'
import { SecretValue } from './secret-value.tsx'
import { SnippetTabs } from './snippet-tabs.tsx'

export interface NewSecretProps {
  readonly integration: Integration
  readonly secret: string
}

export function NewSecret({ integration, secret }: NewSecretProps) {
  const { client_id: clientId, scopes } = integration
  const { data: server } = useQuery(serverQuery)
  const download = () => {
    const [scope = ''] = scopes
    const facts = { tokenEndpoint: server?.token_endpoint ?? '', clientId, clientSecret: secret, scope }
    saveFile('latchkey.env', new Blob([envFile(facts)], { type: 'application/octet-stream' }))
  }
  return (
    <Stack>
      <dl className="facts">
        <dt>{t.detail.credentials.clientId}</dt>
        <dd>
          <CopyText what="client ID" value={clientId} />
        </dd>
        <dt>{t.detail.credentials.secret}</dt>
        <dd>
          <SecretValue secret={secret} />
        </dd>
      </dl>
      <Button
        variant="default"
        w="fit-content"
        leftSection={<IconDownload size={16} aria-hidden />}
        disabled={server === undefined}
        onClick={download}
      >
        {t.create.download}
      </Button>
      <SnippetTabs clientId={clientId} clientSecret={secret} scopes={scopes} />
    </Stack>
  )
}

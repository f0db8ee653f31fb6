// How a program uses this integration: with its client secret in several languages, or with its key.
import { Input, SegmentedControl, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { useId, useState } from 'react'
import { keysQuery } from '../../api/queries.ts'
import { Card } from '../../components/card.tsx'
import { KeySnippets } from '../../components/key-snippets.tsx'
import { SnippetTabs } from '../../components/snippet-tabs.tsx'
import { proofText } from '../../strings/authentication.ts'
import { t } from '../../strings.ts'
import { proofOf, workingKeys } from './any-credential.ts'

const KINDS = (['secret', 'key'] as const).map((value) => ({ value, label: proofText.kinds[value] }))

export function QuickStartTab({ integration }: { readonly integration: Integration }) {
  const [chosen, setChosen] = useState<'secret' | 'key'>('secret')
  const { data: keys = [] } = useQuery(keysQuery(integration.id))
  const label = useId()
  const proof = proofOf(integration)
  const shown = proof === 'both' ? chosen : proof
  return (
    <Card title={t.detail.tabs.quickstart}>
      {proof === 'both' && (
        <div>
          <Input.Label component="span" id={label}>
            {proofText.label}
          </Input.Label>
          <div>
            <SegmentedControl aria-labelledby={label} data={KINDS} value={chosen} onChange={setChosen} />
          </div>
        </div>
      )}
      {shown === 'secret' && (
        <>
          <Text>{t.detail.quickStart.secret}</Text>
          <SnippetTabs clientId={integration.client_id} scopes={integration.scopes} />
        </>
      )}
      {shown === 'key' && <KeySnippets integration={integration} keys={workingKeys(keys)} />}
      {shown === 'none' && <Text>{t.detail.quickStart.none}</Text>}
    </Card>
  )
}

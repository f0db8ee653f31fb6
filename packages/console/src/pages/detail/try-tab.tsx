// Trying an integration: a preview of its next token, a token request, and the inspection of a token.
import { Select, Stack } from '@mantine/core'
import type { Integration } from 'latchkey/admin-api'
import { useState } from 'react'
import { tryText as words } from '../../strings/try.ts'
import { InspectCard } from './inspect-card.tsx'
import { PreviewCard } from './preview-card.tsx'
import { RequestCard } from './request-card.tsx'

export function TryTab({ integration }: { readonly integration: Integration }) {
  const [chosen, setChosen] = useState<string | null>(null)
  const scope = integration.scopes.find((name) => name === chosen) ?? integration.scopes[0]
  if (scope === undefined) return null
  return (
    <Stack>
      <Select
        label={words.scope}
        maw={320}
        allowDeselect={false}
        data={[...integration.scopes]}
        value={scope}
        onChange={setChosen}
      />
      <RequestCard key={scope} integration={integration} scope={scope} />
      <InspectCard integration={integration} />
      <PreviewCard integration={integration} scope={scope} />
    </Stack>
  )
}

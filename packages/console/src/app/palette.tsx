// The palette on Ctrl or ⌘ K: finds pages and integrations by a few letters.
import '@mantine/spotlight/styles.css'
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconPlugConnected, IconPlus, IconSearch } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { integrationsQuery } from '../api/queries.ts'
import { useMay } from '../api/use-session.ts'
import { useOtherPages } from './use-other-pages.ts'
import { t } from '../strings.ts'

const WAIT_MS = 150
const FOUND = 7

/** Opens each time that `opened` grows. */
export function Palette({ opened }: { readonly opened: number }) {
  useEffect(() => spotlight.open(), [opened])
  const [text, setText] = useState('')
  const [isOpen, setOpen] = useState(false)
  const [search] = useDebouncedValue(text.trim(), WAIT_MS)
  const mayEdit = useMay('editor')
  const navigate = useNavigate()
  const found = useQuery({
    ...integrationsQuery({ limit: FOUND, ...(search !== '' && { search }) }),
    enabled: isOpen,
    placeholderData: keepPreviousData,
  })
  const pages: SpotlightActionData[] = [
    {
      id: 'integrations',
      label: t.shell.integrations,
      leftSection: <IconPlugConnected size={18} aria-hidden />,
      onClick: () => void navigate({ to: '/models/integrations' }),
    },
    ...(mayEdit
      ? [
          {
            id: 'create',
            label: t.palette.create,
            description: t.palette.createLine,
            leftSection: <IconPlus size={18} aria-hidden />,
            onClick: () => void navigate({ to: '/models/integrations/new' }),
          },
        ]
      : []),
    ...useOtherPages().map(({ to, label, icon: Icon }) => ({
      id: to,
      label,
      leftSection: <Icon size={18} aria-hidden />,
      onClick: () => void navigate({ to }),
    })),
  ]
  const integrations: SpotlightActionData[] = (found.data?.items ?? []).map(({ id, name, client_id: clientId }) => ({
    id,
    label: name,
    description: clientId,
    // The server has already matched these, by its own rules.
    keywords: search,
    onClick: () => void navigate({ to: '/models/integrations/$id/{-$tab}', params: { id, tab: undefined } }),
  }))
  const actions: SpotlightActionGroupData[] = [
    { group: t.palette.pages, actions: pages },
    { group: t.palette.integrationsGroup, actions: integrations },
  ]
  return (
    <Spotlight
      actions={actions}
      query={text}
      // The first match is selected right after this, so it must be on the page by then.
      onQueryChange={(query) => flushSync(() => setText(query))}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
      shortcut={null}
      nothingFound={t.palette.nothing}
      highlightQuery={false}
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: t.palette.placeholder,
        'aria-label': t.palette.placeholder,
        onKeyDown: (event) => event.key === 'Enter' && openFirst(event.currentTarget),
      }}
    />
  )
}

/** Matches from the server appear after the selection was made. The first match is selected then too. */
function openFirst(field: HTMLElement): void {
  const list = field.closest('[role=dialog]')
  if (list?.querySelector('[data-selected]') === null) list.querySelector<HTMLElement>('[data-action]')?.click()
}

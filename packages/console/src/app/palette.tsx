// The palette on Ctrl or ⌘ K: finds pages, integrations and documentation by a few letters, and acts on integrations.
import '@mantine/spotlight/styles.css'
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconAlertTriangle, IconBook, IconPlugConnected, IconPlus, IconSearch } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { integrationsQuery } from '../api/queries.ts'
import { useMay } from '../api/use-session.ts'
import { askRotation } from '../components/asked-rotation.ts'
import { t } from '../strings.ts'
import { docsActions } from './palette-docs.tsx'
import { copyClientId, paletteAction, type PaletteActing } from './palette-actions.tsx'
import { PALETTE_ACTS, readPaletteQuery } from './palette-query.ts'
import { useOtherPages } from './use-other-pages.ts'

const WAIT_MS = 150
const FOUND = 7
/** If the text names no act, the palette offers the acts when at most this many integrations match. */
const FEW = 2
const ICON = { size: 18, stroke: 1.75, 'aria-hidden': true } as const

/** Opens the palette each time that `opened` increases. */
export function Palette({ opened }: { readonly opened: number }) {
  useEffect(() => spotlight.open(), [opened])
  const [text, setText] = useState('')
  const [isOpen, setOpen] = useState(false)
  const [keywords] = useDebouncedValue(text.trim(), WAIT_MS)
  const { act, search } = readPaletteQuery(keywords)
  const mayEdit = useMay('editor')
  const navigate = useNavigate()
  const found = useQuery({
    ...integrationsQuery({ limit: FOUND, ...(search !== '' && { search }) }),
    enabled: isOpen,
    placeholderData: keepPreviousData,
  })
  const items = found.data?.items ?? []
  const pages: SpotlightActionData[] = [
    {
      id: 'integrations',
      label: t.shell.integrations,
      leftSection: <IconPlugConnected {...ICON} />,
      onClick: () => void navigate({ to: '/models/integrations' }),
    },
    ...(mayEdit
      ? [
          {
            id: 'create',
            label: t.palette.create,
            description: t.palette.createLine,
            leftSection: <IconPlus {...ICON} />,
            onClick: () => void navigate({ to: '/models/integrations/new' }),
          },
        ]
      : []),
    ...useOtherPages().map(({ to, label, icon: Icon }) => ({
      id: to,
      label,
      leftSection: <Icon {...ICON} />,
      onClick: () => void navigate({ to }),
    })),
  ]
  const integrations: SpotlightActionData[] = items.map(({ id, name, client_id: clientId }) => ({
    id,
    label: name,
    description: clientId,
    leftSection: <IconPlugConnected {...ICON} />,
    // The server has already found these integrations. The text as their keyword keeps the palette from hiding them.
    keywords,
    onClick: () => void navigate({ to: '/models/integrations/$id/{-$tab}', params: { id, tab: undefined } }),
  }))
  const carryOut: PaletteActing['carryOut'] = (chosen, { id, client_id: clientId }) => {
    if (chosen === 'copy') return void copyClientId(clientId)
    const tab = chosen === 'try' ? 'try' : undefined
    void navigate({ to: '/models/integrations/$id/{-$tab}', params: { id, tab } })
    if (chosen === 'rotate') askRotation(id)
  }
  const offered = PALETTE_ACTS.filter((name) => (act ?? name) === name && (mayEdit || name === 'copy'))
  const isOffered = act !== undefined || (search !== '' && items.length <= FEW)
  const acts = isOffered ? items.flatMap((item) => offered.map((name) => ({ name, item }))) : []
  const toAction = paletteAction({ keywords, carryOut })
  const actions: SpotlightActionGroupData[] = [
    { group: t.palette.pages, actions: pages },
    { group: t.palette.integrationsGroup, actions: act === undefined ? integrations : [] },
    { group: t.palette.actions, actions: acts.map(({ name, item }) => toAction(name, item)) },
    { group: t.palette.docs, actions: [...docsActions(keywords)] },
    { group: t.palette.help, actions: HELP },
  ]
  return (
    <Spotlight
      actions={actions}
      query={text}
      // The palette selects the first match right after this call, so the match must be on the page by then.
      onQueryChange={(query) => flushSync(() => setText(query))}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
      shortcut={null}
      nothingFound={t.palette.nothing}
      highlightQuery={false}
      scrollable
      maxHeight={420}
      overlayProps={{ backgroundOpacity: 0.3, blur: 1 }}
      searchProps={{
        leftSection: <IconSearch {...ICON} />,
        placeholder: t.palette.placeholder,
        'aria-label': t.palette.placeholder,
        onKeyDown: (event) => event.key === 'Enter' && openFirst(event.currentTarget),
      }}
    />
  )
}

const HELP: SpotlightActionData[] = [
  {
    id: 'docs',
    label: t.shell.docs,
    leftSection: <IconBook {...ICON} />,
    onClick: () => window.location.assign('/docs/'),
  },
  {
    id: 'reference',
    label: t.shell.reference,
    leftSection: <IconBook {...ICON} />,
    onClick: () => window.location.assign('/docs'),
  },
  {
    id: 'problems',
    label: t.shell.problems,
    leftSection: <IconAlertTriangle {...ICON} />,
    onClick: () => window.location.assign('/problems'),
  },
]

/** Matches from the server appear later. The palette then selects the first match again. */
function openFirst(field: HTMLElement): void {
  const list = field.closest('[role=dialog]')
  if (list?.querySelector('[data-selected]') === null) list.querySelector<HTMLElement>('[data-action]')?.click()
}

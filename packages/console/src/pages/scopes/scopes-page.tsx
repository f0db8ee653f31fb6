// Platform > Scopes & APIs: the scopes of tokens, and the APIs that require them.
import { Button, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { apisQuery } from '../../api/platform-queries.ts'
import { scopesQuery } from '../../api/queries.ts'
import { useMay } from '../../api/use-session.ts'
import { Card } from '../../components/card.tsx'
import { DocsLink } from '../../components/docs-link.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { TableSkeleton } from '../../components/table-skeleton.tsx'
import { pagesText } from '../../strings/pages.ts'
import { platformText, scopesText as words } from '../../strings/platform.ts'
import { ApiForm } from './api-form.tsx'
import { ApiTable } from './api-table.tsx'
import { DeleteApiDialog } from './delete-api-dialog.tsx'
import { DeleteScopeDialog } from './delete-scope-dialog.tsx'
import { ScopeForm } from './scope-form.tsx'
import { ScopeTable } from './scope-table.tsx'

type Dialog = 'create-scope' | 'edit-scope' | 'delete-scope' | 'create-api' | 'edit-api' | 'delete-api'

export function ScopesPage() {
  const mayEdit = useMay('editor')
  const scopes = useQuery(scopesQuery)
  const apis = useQuery(apisQuery)
  const [dialog, setDialog] = useState<Dialog | undefined>()
  // The page keeps the scope or API of a dialog when the dialog closes, because the dialog stays visible for a moment.
  const [subject, setSubject] = useState<string | undefined>()
  const open = (next: Dialog, of?: string) => {
    setSubject(of)
    setDialog(next)
    // A dialog says how many live tokens end, and not every change of that number has an event.
    void scopes.refetch()
  }
  const close = () => setDialog(undefined)
  const scope = scopes.data?.find(({ name }) => name === subject)
  const api = apis.data?.find(({ id }) => id === subject)
  const isOpen = (name: Dialog): boolean => dialog === name
  const create = (next: Dialog, label: string) =>
    mayEdit && (
      <Button size="xs" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => open(next)}>
        {label}
      </Button>
    )
  return (
    <>
      <PageHead title={pagesText.pages.scopes} line={words.line} />
      {!mayEdit && <Text size="sm">{platformText.viewer}</Text>}
      <Card title={words.scopes} actions={create('create-scope', words.createScope)}>
        {scopes.isPending && <TableSkeleton label={words.loading} />}
        {scopes.isError && scopes.data === undefined && (
          <ProblemAlert title={words.failedScopes} error={scopes.error} onRetry={() => void scopes.refetch()} />
        )}
        {scopes.data?.length === 0 && (
          <Text>
            {words.noScopes} <DocsLink to="http-api.html#scopes-and-apis">{words.aboutScopes}</DocsLink>
          </Text>
        )}
        {scopes.data !== undefined && scopes.data.length > 0 && (
          <ScopeTable
            scopes={scopes.data}
            mayEdit={mayEdit}
            onEdit={({ name }) => open('edit-scope', name)}
            onDelete={({ name }) => open('delete-scope', name)}
          />
        )}
      </Card>
      <Card title={words.apis} actions={create('create-api', words.createApi)}>
        {apis.isPending && <TableSkeleton label={words.loading} />}
        {apis.isError && apis.data === undefined && (
          <ProblemAlert title={words.failedApis} error={apis.error} onRetry={() => void apis.refetch()} />
        )}
        {apis.data?.length === 0 && <Text>{words.noApis}</Text>}
        {apis.data !== undefined && apis.data.length > 0 && (
          <ApiTable
            apis={apis.data}
            mayEdit={mayEdit}
            onEdit={({ id }) => open('edit-api', id)}
            onDelete={({ id }) => open('delete-api', id)}
          />
        )}
      </Card>
      <ScopeForm opened={isOpen('create-scope') || isOpen('edit-scope')} scope={scope} onClose={close} />
      <DeleteScopeDialog opened={isOpen('delete-scope')} scope={scope} onClose={close} />
      <ApiForm
        opened={isOpen('create-api') || isOpen('edit-api')}
        api={api}
        scopes={scopes.data ?? []}
        onClose={close}
      />
      <DeleteApiDialog opened={isOpen('delete-api')} api={api} onClose={close} />
    </>
  )
}

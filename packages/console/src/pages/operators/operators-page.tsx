// Settings > Operators: who may sign in, with which role, and their sessions. An operator who is not an owner sees
// only their own sessions.
import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { LinkedOperator, Operator } from 'latchkey/admin-api'
import { useState } from 'react'
import { operatorsQuery } from '../../api/platform-queries.ts'
import { sessionQuery } from '../../api/queries.ts'
import { useMay } from '../../api/use-session.ts'
import { Card } from '../../components/card.tsx'
import { NoPermission } from '../../components/no-permission.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { TableSkeleton } from '../../components/table-skeleton.tsx'
import { pagesText } from '../../strings/pages.ts'
import { operatorsText as words } from '../../strings/settings.ts'
import { ChangeOperator } from './change-operator.tsx'
import { InviteOperator } from './invite-operator.tsx'
import { OperatorLinkDialog } from './operator-link-dialog.tsx'
import { type OperatorAct, OperatorTable } from './operator-table.tsx'
import { RemoveOperator } from './remove-operator.tsx'
import { ResetOperator } from './reset-operator.tsx'
import { SessionTable } from './session-table.tsx'

const { operators: title } = pagesText.pages

export function OperatorsPage() {
  const isOwner = useMay('owner')
  const { data: session } = useQuery(sessionQuery)
  const own = session?.operator
  if (isOwner) return <Operators ownId={own?.id} />
  if (own === undefined) return <NoPermission title={title} line={words.line} />
  return (
    <>
      <PageHead title={title} line={words.line} />
      <Card title={words.ownSessions}>
        <SessionTable operator={own} />
      </Card>
    </>
  )
}

function Operators({ ownId }: { readonly ownId: string | undefined }) {
  const operators = useQuery(operatorsQuery)
  const [dialog, setDialog] = useState<OperatorAct | 'invite' | undefined>()
  const [chosenId, setChosenId] = useState('')
  const [made, setMade] = useState<LinkedOperator | undefined>()
  const [viewedId, setViewedId] = useState(ownId)
  const chosen = operators.data?.find(({ id }) => id === chosenId)
  const viewed = operators.data?.find(({ id }) => id === viewedId)
  const close = () => setDialog(undefined)
  const act = (what: OperatorAct | 'sessions', { id }: Operator) => {
    if (what === 'sessions') return setViewedId(id)
    setChosenId(id)
    setDialog(what)
  }
  return (
    <>
      <PageHead
        title={title}
        line={words.line}
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDialog('invite')}>
            {words.invite}
          </Button>
        }
      />
      {operators.isPending && <TableSkeleton label={words.loading} />}
      {operators.isError && operators.data === undefined && (
        <ProblemAlert title={words.failed} error={operators.error} onRetry={() => void operators.refetch()} />
      )}
      {operators.data !== undefined && <OperatorTable operators={operators.data} ownId={ownId} onAct={act} />}
      {viewed !== undefined && (
        <Card title={viewed.id === ownId ? words.ownSessions : words.sessionsOf(viewed.email)}>
          <SessionTable operator={viewed} />
        </Card>
      )}
      <InviteOperator opened={dialog === 'invite'} onClose={close} onMade={setMade} />
      <ChangeOperator opened={dialog === 'change'} operator={chosen} onClose={close} />
      <ResetOperator opened={dialog === 'reset'} operator={chosen} onClose={close} onMade={setMade} />
      <RemoveOperator opened={dialog === 'remove'} operator={chosen} onClose={close} />
      <OperatorLinkDialog made={made} onDone={() => setMade(undefined)} />
    </>
  )
}

// The actions on all selected integrations.
import { Button, Group, Paper, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueries } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { useState } from 'react'
import { slotsQuery } from '../../api/queries.ts'
import { useSetStatus } from '../../api/use-acts.ts'
import { announce } from '../../components/announce.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { liveCount } from '../../components/live-count.ts'
import { saveFile } from '../../components/save-file.ts'
import { plural } from '../../components/times.ts'
import { t } from '../../strings.ts'
import { EXPORT_FORMATS, type ExportFormat, exportOf } from './export-of.ts'
import { TagDialog } from './tag-dialog.tsx'

export interface BulkBarProps {
  readonly chosen: readonly Integration[]
  readonly onDone: () => void
}

export function BulkBar({ chosen, onDone }: BulkBarProps) {
  const [isAsking, setAsking] = useState(false)
  const [isTagging, setTagging] = useState(false)
  const setStatus = useSetStatus()
  const active = chosen.filter(({ status }) => status === 'active')
  const slots = useQueries({ queries: active.map(({ client_id: clientId }) => slotsQuery(clientId)) })
  const isCounted = slots.every(({ data }) => data !== undefined)
  const live = isCounted ? liveCount(slots.flatMap(({ data = [] }) => data)) : undefined
  const disableAll = useMutation({
    mutationFn: async () => {
      let done = 0
      for (const { id } of active) {
        try {
          await setStatus.mutateAsync({ id, status: 'disabled' })
          done += 1
        } catch (error) {
          if (done === 0) throw error
          throw new Error(t.list.bulk.partly(done, active.length), { cause: error })
        }
      }
      return done
    },
    onSuccess: (done) => {
      notifications.show({ message: t.list.bulk.done(done) })
      setAsking(false)
      onDone()
    },
  })
  const save = (format: ExportFormat) => {
    saveFile(`integrations.${format}`, exportOf(chosen, format))
    announce(t.list.bulk.exported(chosen.length))
  }
  return (
    <Paper withBorder p="xs" role="region" aria-label={t.list.bulk.selected(chosen.length)}>
      <Group>
        <Text size="sm" fw={600} role="status">
          {t.list.bulk.selected(chosen.length)}
        </Text>
        <Button size="xs" color="red" disabled={active.length === 0} onClick={() => setAsking(true)}>
          {t.list.bulk.disable}
        </Button>
        <Button size="xs" variant="default" onClick={() => setTagging(true)}>
          {t.list.bulk.tag}
        </Button>
        {EXPORT_FORMATS.map((format) => (
          <Button key={format} size="xs" variant="default" onClick={() => save(format)}>
            {t.list.bulk.exportAs(format.toUpperCase())}
          </Button>
        ))}
        <Button size="xs" variant="subtle" onClick={onDone}>
          {t.list.bulk.clear}
        </Button>
      </Group>
      <TagDialog chosen={chosen} opened={isTagging} onClose={() => setTagging(false)} onDone={onDone} />
      <ConfirmDialog
        opened={isAsking}
        title={t.list.bulk.title(active.length)}
        verb={t.list.bulk.disable}
        isDangerous
        act={disableAll}
        onConfirm={() => disableAll.mutate()}
        onClose={() => setAsking(false)}
      >
        <Text>{t.list.bulk.effect(live, plural(live ?? 0, 'live token'))}</Text>
      </ConfirmDialog>
    </Paper>
  )
}

// Downloads the entries that match the filters as a file, and shows the progress.
import '@mantine/core/styles/Progress.css'
import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { exportAudit, type ExportFormat } from '../../api/export-audit.ts'
import type { AuditFilter } from '../../api/platform-queries.ts'
import { announce } from '../../components/announce.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { saveFile } from '../../components/save-file.ts'
import { auditLogText as words } from '../../strings/activity.ts'
import { stamp } from './audit-search.ts'

const FORMATS: readonly ExportFormat[] = ['csv', 'jsonl']

export function AuditExport({ filter }: { readonly filter: AuditFilter }) {
  const [progress, setProgress] = useState<{ done: number; all: number } | undefined>()
  const abort = useRef<AbortController | undefined>(undefined)
  const taken = useMutation({
    mutationFn: async (format: ExportFormat) => {
      abort.current = new AbortController()
      const { signal } = abort.current
      const file = await exportAudit(format, { filter, signal }, (done, all) => setProgress({ done, all }))
      saveFile(`audit-${stamp(new Date())}.${format}`, file)
    },
    onSuccess: () => progress !== undefined && announce(words.exported(progress.all)),
    onSettled: () => setProgress(undefined),
  })
  const isStopped = abort.current?.signal.aborted === true
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        {FORMATS.map((format) => (
          <Button
            key={format}
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            disabled={taken.isPending}
            onClick={() => taken.mutate(format)}
          >
            {words.exportAs(format.toUpperCase())}
          </Button>
        ))}
      </Group>
      {progress !== undefined && (
        <Group gap="xs">
          <Progress
            w={160}
            value={progress.all === 0 ? 100 : (progress.done / progress.all) * 100}
            aria-label={words.exporting(progress.done, progress.all)}
          />
          <Text size="sm">{words.exporting(progress.done, progress.all)}</Text>
          <Button size="xs" variant="default" onClick={() => abort.current?.abort()}>
            {words.stop}
          </Button>
        </Group>
      )}
      {taken.isError && !isStopped && <ProblemAlert title={words.exportFailed} error={taken.error} />}
    </Stack>
  )
}

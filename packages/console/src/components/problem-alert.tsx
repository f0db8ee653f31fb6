// An error: what happened, what to do, and the request id to find it in the log.
import { Alert, Button, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { ProblemError } from '../api/problem.ts'
import { t } from '../strings.ts'
import { CopyText } from './copy-text.tsx'
import { DocsLink } from './docs-link.tsx'

export interface ProblemAlertProps {
  readonly title: string
  readonly error: unknown
  readonly onRetry?: () => void
}

export function ProblemAlert({ title, error, onRetry }: ProblemAlertProps) {
  const problem = error instanceof ProblemError ? error : undefined
  return (
    <Alert
      role="alert"
      variant="default"
      className="banner"
      data-tone="danger"
      icon={<IconAlertTriangle size={18} />}
      title={title}
    >
      <Text size="sm">{problem?.status === 403 ? t.problem.notAllowed : messageOf(error)}</Text>
      {problem !== undefined && (
        <Text size="sm" c="dimmed">
          {t.problem.answered(problem.status, problem.code)}{' '}
          {problem.isDocumented && <DocsLink to={`problems.html#${problem.code}`}>{t.problem.help}</DocsLink>}
        </Text>
      )}
      <Group gap="xs" mt="xs">
        {problem?.requestId !== undefined && (
          <Group gap={4} wrap="nowrap">
            <Text size="sm">{t.problem.requestId}</Text>
            <CopyText what="request ID" value={problem.requestId} />
          </Group>
        )}
        {onRetry !== undefined && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t.problem.retry}
          </Button>
        )}
      </Group>
    </Alert>
  )
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : t.problem.unknown)

// Checks the whole chain of the audit log, and shows up to where it is intact.
import { Button, Group, Text } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { verifyChain } from '../../api/platform-queries.ts'
import { Banner } from '../../components/banner.tsx'
import { DocsLink } from '../../components/docs-link.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { StatusWord } from '../../components/status-word.tsx'
import { auditLogText as words } from '../../strings/activity.ts'

export function ChainCheck() {
  const check = useMutation({ mutationFn: verifyChain })
  const { data: report } = check
  return (
    <Group gap="sm" flex="1 1 20rem">
      <Button
        variant="default"
        leftSection={<IconShieldCheck size={16} aria-hidden />}
        loading={check.isPending}
        onClick={() => check.mutate()}
      >
        {words.verify}
      </Button>
      <Text size="sm">
        <DocsLink to="operating.html#what-write-access-to-the-store-means">{words.proves}</DocsLink>
      </Text>
      <Group role="status" gap="sm">
        {report?.intact === true && (
          <>
            <StatusWord tone="ok">{words.verified(report.to_seq)}</StatusWord>
            <Text size="sm">{words.checked(report.checked)}</Text>
          </>
        )}
      </Group>
      {report?.intact === false && (
        <Banner tone="danger" title={words.broken(report.problem?.seq ?? report.to_seq)}>
          {report.problem?.what} {words.brokenLine}
        </Banner>
      )}
      {check.isError && <ProblemAlert title={words.verifyFailed} error={check.error} />}
    </Group>
  )
}

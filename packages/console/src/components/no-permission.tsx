// The message to an operator whose role does not allow the page.
import { Paper, Text, Title } from '@mantine/core'
import { platformText } from '../strings/platform.ts'
import { PageHead } from './page-head.tsx'

export function NoPermission({ title, line }: { readonly title: string; readonly line: string }) {
  return (
    <>
      <PageHead title={title} line={line} />
      <Paper p="xl">
        <Title order={2}>{platformText.noPermission}</Title>
        <Text>{platformText.noPermissionLine}</Text>
      </Paper>
    </>
  )
}

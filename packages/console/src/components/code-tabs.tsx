// Examples of code, with a tab for each.
import { Tabs } from '@mantine/core'
import { t } from '../strings.ts'
import { CodeBlock, type CodeBlockProps } from './code-block.tsx'

export interface Example extends Omit<CodeBlockProps, 'what'> {
  readonly id: string
  readonly label: string
}

/** The tab of the first example is open at first. */
export function CodeTabs({ examples }: { readonly examples: readonly Example[] }) {
  return (
    <Tabs defaultValue={examples[0]?.id ?? null} keepMounted={false}>
      <Tabs.List>
        {examples.map(({ id, label }) => (
          <Tabs.Tab key={id} value={id}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {examples.map(({ id, label, ...example }) => (
        <Tabs.Panel key={id} value={id} pt="sm">
          <CodeBlock what={t.snippets.what(label)} {...example} />
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}

// The tags of an integration, in the list and at the head of its page.
import { Badge, Group } from '@mantine/core'

export function Tags({ tags }: { readonly tags: readonly string[] }) {
  if (tags.length === 0) return null
  return (
    <Group gap={4} mt={2}>
      {tags.map((tag) => (
        <Badge key={tag} variant="default" size="sm" tt="none" fw={500}>
          {tag}
        </Badge>
      ))}
    </Group>
  )
}

// docs/problems.md: the page of problems for those who have no server at hand.
import { PROBLEMS } from './problem-catalog.ts'

const INTRODUCTION = `<!-- Made from packages/latchkey/src/http/admin/problems/problem-catalog.ts by \`npm run generate\`; edit that file. -->

# Problems

What the admin API answers when it refuses a request or fails: a problem document (RFC 9457) whose \`code\` is one of
these. Nothing is changed by a request that was refused. A server shows the same at \`/problems\` of its admin listener,
where the \`type\` of a problem leads.`

export function problemMarkdown(): string {
  const entries = Object.entries(PROBLEMS).map(
    ([code, { status, title, meaning, cure }]) =>
      `## ${code}\n\n**${String(status)}, ${title}.** ${meaning}\n\nWhat to do: ${cure}`,
  )
  return `${[INTRODUCTION, ...entries].join('\n\n')}\n`
}

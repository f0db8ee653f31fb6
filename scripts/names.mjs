// Checks that the pages name the files of the current version, the packages and the command line as docs/names.json does.
import { root } from './bootstrap/root.mjs'
import { allNameProblems } from './release/names.mjs'

const problems = allNameProblems(root)
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exitCode = 1
}

// Checks the names in the pages: files of the current version, packages and the command line must be named as in
// docs/names.json.
import { root } from './bootstrap/root.mjs'
import { allNameProblems } from './release/names.mjs'

const problems = allNameProblems(root)
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exitCode = 1
}

// npm run bench: compares this server with its peers and with the limits of the machine, on the same work in one run.
import { writeFileSync } from 'node:fs'
import { makeBenchFolder, removeBenchFolder } from './bench-folder.ts'
import { stopAllChildren } from './children.ts'
import { FULL, QUICK } from './effort.ts'
import { judge } from './goals.ts'
import { describeMachine } from './machine.ts'
import { type BenchOptions, readOptions, type SectionName, USAGE } from './options.ts'
import { clearProgress, showProgress } from './progress.ts'
import { machineLines, quietLines, sectionLines, verdictLines } from './report.ts'
import { measureAdministration } from './sections/administration.ts'
import { measureAssertions } from './sections/assertions.ts'
import { measureConsole } from './sections/console.ts'
import { measureDoors } from './sections/doors.ts'
import { measureClient } from './sections/client.ts'
import { measureFeed } from './sections/feed.ts'
import { measureFleet } from './sections/fleet.ts'
import { measureGateway } from './sections/gateway.ts'
import { measureGrowth } from './sections/growth.ts'
import { measureGuard } from './sections/guard.ts'
import { measureMemory } from './sections/memory.ts'
import { measureOpenLoop } from './sections/open-loop.ts'
import { measurePostgres } from './sections/postgres.ts'
import type { SectionContext, SectionResult } from './sections/section.ts'
import { measureSignatures } from './sections/signatures.ts'
import { measureTokens } from './sections/tokens.ts'
import { measureVerify } from './sections/verify.ts'

const MEASURE: Readonly<Record<SectionName, (context: SectionContext) => Promise<SectionResult>>> = {
  signatures: measureSignatures,
  tokens: measureTokens,
  assertions: measureAssertions,
  verify: measureVerify,
  'open-loop': measureOpenLoop,
  growth: measureGrowth,
  guard: measureGuard,
  memory: measureMemory,
  administration: measureAdministration,
  doors: measureDoors,
  gateway: measureGateway,
  client: measureClient,
  feed: measureFeed,
  fleet: measureFleet,
  postgres: measurePostgres,
  console: measureConsole,
}

async function run({ quick, sections, jsonFile }: BenchOptions, folder: string): Promise<void> {
  const began = performance.now()
  const effort = quick ? QUICK : FULL
  const machine = describeMachine(folder)
  const results: SectionResult[] = []
  print(machineLines(machine))
  print([''])
  for (const name of sections) {
    const result = await MEASURE[name]({ effort, folder, progress: showProgress })
    results.push(result)
    print(sectionLines(result))
  }
  const verdicts = judge(results)
  print(verdictLines(verdicts, quick ? 'quick' : 'full'))
  const seconds = (performance.now() - began) / 1000
  print([
    ...quietLines(results),
    `Measured in ${seconds.toFixed(0)} s. Every answer had the expected status. Each slot that was checked had one live token.`,
  ])
  if (jsonFile !== undefined) {
    writeFileSync(jsonFile, `${JSON.stringify({ machine, effort, results, verdicts, seconds }, undefined, 2)}\n`)
  }
}

const print = (lines: readonly string[]): void => {
  clearProgress()
  for (const line of lines) process.stdout.write(`${line}\n`)
}

async function main(): Promise<void> {
  let options: BenchOptions
  try {
    options = readOptions(process.argv.slice(2))
  } catch (cause) {
    process.stderr.write(`${(cause as Error).message}\n\n${USAGE}\n`)
    process.exitCode = 2
    return
  }
  const folder = makeBenchFolder()
  let ended = false
  const end = async (code: number, complaint: string): Promise<void> => {
    // After `end` has stopped the child processes, the running sections fail. These failures are not reported.
    if (ended) return
    ended = true
    clearProgress()
    if (complaint !== '') process.stderr.write(`${complaint}\n`)
    await stopAllChildren()
    removeBenchFolder(folder)
    process.exit(code)
  }
  const { limitSeconds } = options.quick ? QUICK : FULL
  setTimeout(() => {
    void end(1, `The run was ended after ${String(limitSeconds)} s: this machine is too busy to measure anything.`)
  }, limitSeconds * 1000).unref()
  process.once('SIGINT', () => void end(130, ''))
  process.once('SIGTERM', () => void end(143, ''))
  try {
    await run(options, folder)
    await end(0, '')
  } catch (cause) {
    await end(1, `The benchmark failed: ${(cause as Error).stack ?? String(cause)}`)
  }
}

await main()

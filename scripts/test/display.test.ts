// The display of running steps, in a pipe and in a terminal.
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { plainDisplay, terminalDisplay, type View } from '../steps/display.mjs'
import type { StepState } from '../steps/progress-line.mjs'
import { NO_PROGRESS } from '../steps/progress.mjs'

const LINT: StepState = { name: 'lint', status: 'run', milliseconds: 4200, progress: undefined }
const FAST: StepState = { name: 'fast', status: 'run', milliseconds: 0, progress: NO_PROGRESS }
const HALF: StepState = {
  ...FAST,
  milliseconds: 65_000,
  progress: {
    ...NO_PROGRESS,
    files: 255,
    filesEnded: 31,
    tally: { passed: 412, failed: 1, skipped: 3 },
    current: 'packages/latchkey/test/http/sign-in.test.ts',
  },
}

const ESCAPE = '\u001B'

/** Records the output, and computes the lines that a terminal would show. */
function aScreen(columns: number, rows: number) {
  const written: string[] = []
  const lines: string[] = []
  const write = (text: string): boolean => {
    written.push(text)
    // This sequence moves the cursor to the first column some lines up, and erases everything below.
    if (text.startsWith(`\r${ESCAPE}[`)) {
      const up = Number.parseInt(text.slice(3), 10)
      expect(text).toBe(`\r${ESCAPE}[${up}A${ESCAPE}[0J`)
      lines.splice(-up)
    } else {
      expect(text.endsWith('\n')).toBe(true)
      lines.push(...stripVTControlCharacters(text).slice(0, -1).split('\n'))
    }
    return true
  }
  return { screen: { write, columns, rows, isTTY: true }, written, shown: () => lines }
}

describe('in a pipe', () => {
  test('a suite has a line when it begins, a line at each tick and a line when it ends, without cursor control', () => {
    const { screen, written } = aScreen(80, 24)
    let running = [FAST]
    const display = plainDisplay(screen, () => ({ running, waiting: ['doors'] }))
    display.began(FAST)
    running = [HALF]
    display.tick()
    display.ended({ ...HALF, status: 'FAIL' })
    display.close()
    expect(written).toEqual([
      'run  fast        0:00  starting\n',
      'run  fast        1:05   31 of 255 files, 412 passed, 1 failed, 3 skipped  sign-in\n',
      'FAIL fast        1:05   31 of 255 files, 412 passed, 1 failed, 3 skipped  sign-in\n',
    ])
  })
})

describe('in a terminal', () => {
  const shownAt = (columns: number, rows: number, view: View) => {
    const { screen, shown } = aScreen(columns, rows)
    const display = terminalDisplay(screen, () => view)
    for (let tick = 0; tick < 3; tick++) display.tick()
    return { display, shown }
  }

  test('each running suite keeps one line below the printed text', () => {
    const { display, shown } = shownAt(100, 24, { running: [LINT, HALF], waiting: ['doors', 'clients'] })
    display.print('FAIL a.test.ts > does it')
    display.tick()
    expect(shown()).toEqual([
      'FAIL a.test.ts > does it',
      'run  lint        0:04',
      'run  fast        1:05   31 of 255 files, 412 passed, 1 failed, 3 skipped  sign-in',
      'then doors, clients',
    ])
  })

  test('no line of a running suite reaches the last column of a narrow terminal', () => {
    const { shown } = shownAt(40, 24, { running: [HALF], waiting: ['a-long-name', 'another-long-name', 'more'] })
    expect(shown()).toEqual(['run  fast        1:05   31 of 255 file…', 'then a-long-name, another-long-name, m…'])
  })

  test('if there are more suites than rows, one row stays free', () => {
    expect(shownAt(80, 3, { running: [LINT, FAST, HALF], waiting: [] }).shown()).toHaveLength(2)
  })

  test('after the end only the final lines remain', () => {
    const { display, shown } = shownAt(80, 24, { running: [LINT], waiting: [] })
    display.print('something')
    display.close()
    expect(shown()).toEqual(['something'])
  })
})

// A small suite with every outcome, for the test of the progress reporter.
import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { root: import.meta.dirname, include: ['*.sample.ts'] } })

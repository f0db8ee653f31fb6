// One clock for all processes of the benchmark, so that what one did can be compared with what another saw.

/** Milliseconds of the system's monotonic clock, the same in every process. */
export const moment = (): number => Number(process.hrtime.bigint()) / 1e6

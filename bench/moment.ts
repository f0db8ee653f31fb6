// One clock for all processes of the benchmark, so that their times can be compared.

/** Milliseconds of the system's monotonic clock, the same in every process. */
export const moment = (): number => Number(process.hrtime.bigint()) / 1e6

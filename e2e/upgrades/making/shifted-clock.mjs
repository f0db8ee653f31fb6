// Shifts the wall clock of the process that imports this file, and of its threads, by CLOCK_SHIFT milliseconds.
// The monotonic clock stays as it is.
const shift = Number(process.env['CLOCK_SHIFT'])
const RealDate = globalThis.Date

globalThis.Date = /** @type {DateConstructor} */ (
  class extends RealDate {
    /** @param {unknown[]} given */
    constructor(...given) {
      // @ts-expect-error: the constructor has several forms, and all of them pass through here.
      super(...(given.length === 0 ? [RealDate.now() + shift] : given))
    }

    static now() {
      return RealDate.now() + shift
    }
  }
)

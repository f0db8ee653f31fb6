// The query of an address.

/** With the question mark. Leaves out what is undefined or empty; the empty text if nothing is left. */
export const queryText = (values: object): string => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '')
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

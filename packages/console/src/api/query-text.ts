// The query string of a URL.

/** Returns the query string with its question mark, without undefined and empty values. Empty if no value is left. */
export const queryText = (values: object): string => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '')
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

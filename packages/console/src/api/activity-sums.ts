// Sums over the reasons of an activity.

export const sumOf = (byReason: Readonly<Record<string, number>>): number =>
  Object.values(byReason).reduce((sum, value) => sum + value, 0)

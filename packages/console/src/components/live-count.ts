// How many of the slots have a live token.

export const liveCount = (slots: readonly { readonly live: unknown }[]): number =>
  slots.filter(({ live }) => live !== null).length

// The text that the screen shows instead of a secret.

export const MASK = '•'.repeat(16)

// What stands on the screen for a secret.

export const MASK = '•'.repeat(16)

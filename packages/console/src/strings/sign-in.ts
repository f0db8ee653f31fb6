// The words of the sign-in page.

export const signInText = {
  title: 'Sign in',
  line: 'Platform UI of this Latchkey server',
  email: 'E-mail',
  password: 'Password',
  submit: 'Sign in',
  refused: 'E-mail or password is not right. Check both; capitals count in the password.',
  throttled: (seconds: number) =>
    `Too many attempts from your network for this account. Try again in ${seconds} s. Others are not affected.`,
  failed: 'You were not signed in',
  onward: 'Sign in to see the page you asked for.',
  help: 'For a lost password ask an owner. For the first account, or with nobody to ask, run on the machine of the server',
  helpCommand: 'latchkey setup-link',
} as const

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
  help: 'Locked out, or no account yet? On the machine of the server, run',
  helpCommand: 'npm run -s latchkey -- setup-link',
} as const

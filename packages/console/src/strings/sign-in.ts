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
  noOwner: 'There is no owner yet. Open the link that the server printed at its start.',
  newLink: 'For a new link, run on the machine of the server',
  newLinkCommand: (command: string) => `${command} setup-link`,
  lost: 'For a lost password, ask an owner for a new link, or run on the machine of the server',
  lostCommand: (command: string) => `${command} operators reset <e-mail>`,
} as const

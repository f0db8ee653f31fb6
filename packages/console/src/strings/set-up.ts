// The words of the first run in the browser.

export const setUpText = {
  title: 'Set up Latchkey',
  line: 'Four steps to the first token.',
  steps: ['Create your account', 'Choose an integration', 'Request a token', 'See it arrive'],
  stepOf: (step: number, title: string, state: string) => `Step ${step} of 4, ${title}: ${state}`,
  states: { done: 'done', now: 'now', later: 'later' },
  account: {
    titles: { first_owner: 'Create your account', invitation: 'Accept the invitation', reset: 'Choose a new password' },
    lines: {
      first_owner: 'You become the first owner of this server.',
      invitation: 'You were invited to this server. Choose a password.',
      reset: 'Choose a new password. Every session of the account ends.',
    },
    submits: { first_owner: 'Create account', invitation: 'Create account', reset: 'Save password' },
    email: 'E-mail',
    emailMissing: 'Give your e-mail.',
    password: 'Password',
    passwordHint: 'At least 12 characters. A password manager is the best place for it.',
    short: 'At least 12 characters.',
    failed: 'The account was not created',
    noCode: 'This address has no set-up code',
    badCode: 'This link does not work any more',
    noCodeBody: 'Open the whole link, with what stands after the #. For a new link, run on the machine of the server:',
    command: 'latchkey setup-link',
  },
  integration: {
    line: 'An integration is one program that calls your APIs.',
    existing: 'Open one that is there',
    new: 'Or create one',
    name: 'Name',
    create: 'Create it',
    open: 'Open',
    failed: 'That did not work',
    viewer: 'Your role may not create integrations or look at secrets. Go to the list to look around.',
  },
  request: {
    line: 'Run this in a terminal. The page goes on by itself when the token is issued.',
    waiting: 'Waiting for the token…',
  },
  arrived: {
    title: 'The token has arrived',
    line: (by: string, scope: string) => `Issued to ${by} for ${scope}. It is live, and counts down:`,
    open: 'Go to the integration',
  },
  skip: 'Skip, and go to Integrations',
} as const

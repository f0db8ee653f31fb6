// The words about integrations that are APIs or gateways: they hold the resource-server right.

export const protectText = {
  what: 'What it is',
  caller: 'Calls APIs',
  callerHint: 'A program that requests tokens.',
  api: 'Is an API or a gateway',
  apiHint:
    'It may check the tokens of other integrations for the scopes below: the resource-server right. Guard and gateway need it.',
  protects: 'Checks tokens of',
  protectsMissing: 'Choose at least one scope.',
  badge: 'API or gateway',
  title: 'Connect your API',
  line: 'Choose where your API checks its tokens. The addresses and the client ID are filled in.',
  more: 'How to protect an API',
} as const

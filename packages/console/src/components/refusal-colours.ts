// One colour for each kind of refusal, in the light and in the dark scheme. People with any kind of colour vision can
// tell the colours apart.
import type { RefusalKind } from '../strings/refusal-reasons.ts'

type Colours = Readonly<Record<RefusalKind, string>>

export const LIGHT_REFUSALS: Colours = {
  superseded: '#c2410c',
  expired: '#dc7730',
  revoked: '#902329',
  disabled: '#500f00',
  credentials: '#2f1da3',
  not_allowed: '#784c7c',
  unreadable: '#4d58c8',
  request: '#4897dd',
  token: '#350e67',
  other: '#7c8787',
}

export const DARK_REFUSALS: Colours = {
  superseded: '#ff922b',
  expired: '#cff565',
  revoked: '#dc342d',
  disabled: '#9e4996',
  credentials: '#844bdd',
  not_allowed: '#ccb8ef',
  unreadable: '#cf7ef7',
  request: '#59fbc1',
  token: '#78ce9b',
  other: '#8d9797',
}

const variable = (kind: string): string => `--lk-refusal-${kind.replace('_', '-')}`

/** The colours as variables of the style sheet. */
export const refusalVariables = (colours: Colours): Record<`--${string}`, string> =>
  Object.fromEntries(Object.entries(colours).map(([kind, colour]) => [variable(kind), colour]))

export const refusalColour = (kind: RefusalKind): string => `var(${variable(kind)})`

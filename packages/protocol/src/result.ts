// A refusal is a value: what an operation returns when it says no. Faults are thrown.

/** The outcome of an act that may be refused. */
export type Result<Value, Refusal> = Accepted<Value> | Refused<Refusal>

export interface Accepted<Value> {
  readonly ok: true
  readonly value: Value
}

export interface Refused<Refusal> {
  readonly ok: false
  readonly refusal: Refusal
}

export const accept = <Value>(value: Value): Accepted<Value> => ({ ok: true, value })

export const refuse = <Refusal>(refusal: Refusal): Refused<Refusal> => ({ ok: false, refusal })

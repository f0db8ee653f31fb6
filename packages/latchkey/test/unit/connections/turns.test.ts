// Connections with more pending requests than one turn of the event loop can answer take turns.
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Turns, type TurnTaker } from '../../../src/connections/turns.ts'

/** Makes a connection whose turns have the given duration, until it has had the given number of turns. */
function aTaker(
  name: string,
  {
    turns,
    taken,
    clock,
    takes,
    wants,
  }: { turns: Turns; taken: string[]; clock: { now: number }; takes: number; wants: number },
): TurnTaker {
  let had = 0
  const taker: TurnTaker = {
    takeTurn: () => {
      taken.push(name)
      clock.now += takes
      had += 1
      if (had >= wants) return
      if (turns.isOver && name.startsWith('cut')) turns.addFirst(taker)
      else turns.add(taker)
    },
  }
  return taker
}

function setting() {
  const clock = { now: 0 }
  return { clock, taken: [] as string[], turns: new Turns(() => clock.now) }
}

test('connections take turns in the order of their arrival until a millisecond is over', async () => {
  const { clock, taken, turns } = setting()
  for (const name of ['a', 'b', 'c']) turns.add(aTaker(name, { turns, taken, clock, takes: 0.6, wants: 2 }))
  expect(taken).toEqual([])
  await setImmediate()
  expect(taken).toEqual(['a', 'b'])
  await setImmediate()
  expect(taken).toEqual(['a', 'b', 'c', 'a'])
  await setImmediate()
  expect(taken).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
})

test('a connection whose turn ended early continues before the other connections', async () => {
  const { clock, taken, turns } = setting()
  turns.add(aTaker('cut', { turns, taken, clock, takes: 2, wants: 2 }))
  turns.add(aTaker('b', { turns, taken, clock, takes: 2, wants: 1 }))
  await setImmediate()
  await setImmediate()
  await setImmediate()
  expect(taken).toEqual(['cut', 'cut', 'b'])
})

test('a connection that is added twice gets one turn', async () => {
  const { clock, taken, turns } = setting()
  const taker = aTaker('a', { turns, taken, clock, takes: 0, wants: 1 })
  turns.add(taker)
  turns.add(taker)
  await setImmediate()
  await setImmediate()
  expect(taken).toEqual(['a'])
})

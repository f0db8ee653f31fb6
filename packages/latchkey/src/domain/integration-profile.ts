// What an integration may be called: texts that people read, in lists, logs and terminals.

const LONGEST_NAME = 120
const LONGEST_DESCRIPTION = 500
const LONGEST_TAG = 40
export const MOST_TAGS = 20

// Control characters forge lines in logs and terminals; bidirectional controls make a name read as another; a lone
// surrogate is no character.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u

// Zero-width and other format characters alone would show as nothing.
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u

export const isName = (name: string): boolean =>
  name.trim() === name && VISIBLE.test(name) && [...name].length <= LONGEST_NAME && !UNPRINTABLE.test(name)

export const isDescription = (description: string): boolean =>
  [...description].length <= LONGEST_DESCRIPTION && !UNPRINTABLE.test(description)

export const isTag = (tag: string): boolean =>
  tag.trim() === tag && VISIBLE.test(tag) && [...tag].length <= LONGEST_TAG && !UNPRINTABLE.test(tag)

// The limits for an integration's name, description and tags. Operators read these texts in lists, logs and terminals.
import { hasUnseen } from './unseen.ts'

const LONGEST_NAME = 120
const LONGEST_DESCRIPTION = 500
const LONGEST_TAG = 40
export const MOST_TAGS = 20

// A text needs at least one character of these categories, because a text of white space or combining marks alone would
// be invisible.
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u

export const isName = (name: string): boolean =>
  name.trim() === name && VISIBLE.test(name) && [...name].length <= LONGEST_NAME && !hasUnseen(name)

export const isDescription = (description: string): boolean =>
  [...description].length <= LONGEST_DESCRIPTION && !hasUnseen(description)

export const isTag = (tag: string): boolean =>
  tag.trim() === tag && VISIBLE.test(tag) && [...tag].length <= LONGEST_TAG && !hasUnseen(tag)

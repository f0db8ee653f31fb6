// The rules of `domain/integration-profile.ts` for names, descriptions and tags, as texts of problems.

const CHARACTERS = 'none of them an invisible, control or direction character'

export const NAME_RULE = `must have 1 to 120 characters, ${CHARACTERS}, no space at its ends`
export const DESCRIPTION_RULE = `must have at most 500 characters, ${CHARACTERS}`
export const TAG_RULE = `must have 1 to 40 characters, ${CHARACTERS}, no space at its ends`

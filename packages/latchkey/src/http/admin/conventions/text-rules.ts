// The texts of problems for the rules of names, descriptions and tags in `domain/integration-profile.ts`.

const CHARACTERS = 'none of them an invisible, control or direction character'

export const NAME_RULE = `must have 1 to 120 characters, ${CHARACTERS}, no space at its ends`
export const DESCRIPTION_RULE = `must have at most 500 characters, ${CHARACTERS}`
export const TAG_RULE = `must have 1 to 40 characters, ${CHARACTERS}, no space at its ends`

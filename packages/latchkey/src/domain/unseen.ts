// Finds characters that are invisible, or that change how the text around them reads.

/**
 * Control characters can forge lines in logs and terminals. Format, direction and default-ignorable characters make two
 * names look the same. A lone surrogate is no character. U+2800 is a blank Braille pattern.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u

/** UTS #51: an emoji sequence may contain joiners, tags and variation selectors. */
const EMOJI = /\p{RGI_Emoji}/gv

/** Returns true if the text has an invisible or misleading character outside an emoji sequence. */
export const hasUnseen = (text: string): boolean => UNSEEN.test(text) && UNSEEN.test(text.replaceAll(EMOJI, ' '))

// Finds characters that are invisible or that change how the surrounding text looks.

/**
 * The unwanted characters. Control characters can forge lines in logs and terminals. Format, direction and
 * default-ignorable characters make two different names look the same. A lone surrogate is not a character. U+2800 is a
 * blank Braille pattern.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Emoji sequences, which may contain joiners, tags and variation selectors (UTS #51). */
const EMOJI = /\p{RGI_Emoji}/gv

/** Returns true if the text has an invisible or misleading character outside an emoji sequence. */
export const hasUnseen = (text: string): boolean => UNSEEN.test(text) && UNSEEN.test(text.replaceAll(EMOJI, ' '))

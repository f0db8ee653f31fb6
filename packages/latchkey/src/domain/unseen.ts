// Characters that a reader cannot see, or that make the text around them read as another.

/**
 * Control characters forge lines in logs and terminals. Format and direction characters, and what Unicode calls default
 * ignorable, make two names look like one. A lone surrogate is no character. U+2800 is a Braille pattern without a dot.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u

/** UTS #51: a sequence that is drawn as one sign may hold joiners, tags and variation selectors. */
const EMOJI = /\p{RGI_Emoji}/gv

/** True if a character of the text cannot be seen, or changes how the text reads. Emoji sequences are seen. */
export const hasUnseen = (text: string): boolean => UNSEEN.test(text) && UNSEEN.test(text.replaceAll(EMOJI, ' '))

// The mark of Latchkey: a key that is also the letter L, with one bit for the one live token. One colour.

export function Mark({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="3" aria-hidden>
      <circle cx="10" cy="7" r="4.5" />
      <path d="M10 11.5V21h7.5" strokeLinecap="square" strokeLinejoin="miter" />
    </svg>
  )
}

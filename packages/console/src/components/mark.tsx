// The mark of Latchkey: the letter L as a lock's plate, and one point for the one live token.

export function Mark({ size }: { readonly size: number }) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect className="mark-plate" width="32" height="32" rx="8" />
      <path className="mark-letter" d="M8.5 7.5h4.75v12.75H24V25H8.5z" />
      <circle className="mark-token" cx="20" cy="11.5" r="4" />
    </svg>
  )
}

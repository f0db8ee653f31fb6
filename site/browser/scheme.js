// Sets the colour scheme that the reader has chosen, before anything is drawn.
;(() => {
  const { classList } = document.documentElement
  classList.add('script')
  try {
    const chosen = localStorage.getItem('latchkey-scheme')
    if (chosen === 'light' || chosen === 'dark') classList.add(chosen)
  } catch {
    // The browser keeps nothing for this site: the scheme of the system stays.
  }
})()

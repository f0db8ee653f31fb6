// The switch for the colour scheme, the menu of narrow screens, and the buttons that copy a block of code.
;(() => {
  const root = document.documentElement

  const scheme = /** @type {HTMLButtonElement} */ (document.querySelector('.scheme-button'))
  const systemIsDark = matchMedia('(prefers-color-scheme: dark)')
  const isDark = () => root.classList.contains('dark') || (!root.classList.contains('light') && systemIsDark.matches)
  const showScheme = () => {
    scheme.setAttribute('aria-pressed', String(isDark()))
  }
  scheme.addEventListener('click', () => {
    const chosen = isDark() ? 'light' : 'dark'
    root.classList.remove('light', 'dark')
    root.classList.add(chosen)
    try {
      localStorage.setItem('latchkey-scheme', chosen)
    } catch {
      // The browser keeps nothing for this site: the choice holds for this page.
    }
    showScheme()
  })
  systemIsDark.addEventListener('change', showScheme)
  showScheme()

  const menu = /** @type {HTMLButtonElement} */ (document.querySelector('.menu-button'))
  /** @param {boolean} isOpen */
  const showMenu = (isOpen) => {
    document.body.classList.toggle('menu-open', isOpen)
    menu.setAttribute('aria-expanded', String(isOpen))
  }
  menu.addEventListener('click', () => {
    showMenu(menu.getAttribute('aria-expanded') !== 'true')
  })
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape' && menu.getAttribute('aria-expanded') === 'true') {
      showMenu(false)
      menu.focus()
    }
  })

  // The sidebar shows the current page in its middle. scrollIntoView would move the page too.
  const sidebar = document.querySelector('#sidebar')
  const current = /** @type {HTMLElement | null} */ (document.querySelector('#sidebar [aria-current]'))
  if (sidebar !== null && current !== null && current.offsetTop > sidebar.clientHeight - 80) {
    sidebar.scrollTop = current.offsetTop - sidebar.clientHeight / 2
  }

  for (const block of document.querySelectorAll('.code')) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    button.textContent = 'Copy'
    button.addEventListener('click', () => {
      void navigator.clipboard.writeText(block.querySelector('code')?.textContent ?? '').then(() => {
        button.textContent = 'Copied'
        setTimeout(() => {
          button.textContent = 'Copy'
        }, 2000)
      })
    })
    block.append(button)
  }
})()

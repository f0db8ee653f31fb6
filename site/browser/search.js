// The search. The first use loads the library and the texts, then everything happens in the browser.
;(() => {
  const MOST = 20
  const AROUND = 70
  const { root = '', searchLibrary = '', searchIndex = '' } = document.documentElement.dataset

  /** @type {MiniSearchInstance | undefined} */
  let index
  /** @type {HTMLDialogElement | undefined} */
  let dialog

  /** @param {string} address @returns {Promise<void>} */
  const load = (address) =>
    new Promise((resolve, reject) => {
      const script = document.createElement('script')
      script.src = address
      script.addEventListener('load', () => resolve())
      script.addEventListener('error', () => reject(new Error(`${address} could not be loaded`)))
      document.head.append(script)
    })

  async function openIndex() {
    await Promise.all([load(searchLibrary), load(searchIndex)])
    const fields = ['title', 'heading', 'text']
    const made = new window.MiniSearch({ fields, storeFields: [...fields, 'address'] })
    made.addAll(
      window.latchkeyDocuments.map(([title, heading, address, text], id) => ({ id, title, heading, address, text })),
    )
    return made
  }

  /**
   * @param {string} name
   * @param {Record<string, string>} [attributes]
   * @param {(Node | string)[]} content
   */
  const element = (name, attributes = {}, ...content) => {
    const made = document.createElement(name)
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value)
    made.append(...content)
    return made
  }

  /** The text around the first word that was found, with the words marked. @param {Hit} hit */
  function excerpt({ text, terms }) {
    const words = new RegExp(`(${terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`, 'iu')
    const at = Math.max(0, text.search(words))
    const from = at < AROUND ? 0 : text.lastIndexOf(' ', at - AROUND) + 1
    const shown = `${from > 0 ? '… ' : ''}${text.slice(from, at + 2 * AROUND).replace(/\s\S*$/, '')}${text.length > at + 2 * AROUND ? ' …' : ''}`
    const parts = shown.split(new RegExp(words.source, 'giu'))
    return parts.map((part, odd) => (odd % 2 === 1 ? element('mark', {}, part) : part))
  }

  /** @param {Hit} hit */
  const result = (hit) => {
    const name = hit.heading === '' ? hit.title : `${hit.title} › ${hit.heading}`
    return element('li', {}, element('a', { href: root + hit.address }, element('b', {}, name), ...excerpt(hit)))
  }

  /** @param {HTMLElement} list @param {HTMLElement} status @param {string} query */
  function show(list, status, query) {
    if (index === undefined) return
    const options = {
      prefix: true,
      fuzzy: 0.15,
      combineWith: 'AND',
      boost: { title: 2, heading: 2 },
      weights: { fuzzy: 0.2, prefix: 0.5 },
    }
    const hits = query.trim() === '' ? [] : index.search(query, options)
    list.replaceChildren(...hits.slice(0, MOST).map(result))
    list.scrollTop = 0
    const count = hits.length > MOST ? `The best ${MOST} of ${hits.length} places` : `${hits.length} places`
    status.textContent = query.trim() === '' ? 'Type a word. Arrow keys move, Enter opens.' : count
  }

  function makeDialog() {
    const input = /** @type {HTMLInputElement} */ (
      element('input', {
        type: 'search',
        'aria-label': 'Search the documentation',
        autocomplete: 'off',
        spellcheck: 'false',
      })
    )
    const close = element('button', { type: 'button' }, 'Close')
    const status = element('p', { class: 'search-status', role: 'status' })
    const list = element('ul', { class: 'search-results', 'aria-label': 'Results' })
    const line = element('div', { class: 'search-line' }, input, close)
    const made = /** @type {HTMLDialogElement} */ (element('dialog', { 'aria-label': 'Search' }, line, status, list))
    close.addEventListener('click', () => made.close())
    input.addEventListener('input', () => show(list, status, input.value))
    // A click beside the dialog has the dialog itself as its target.
    made.addEventListener('click', (event) => {
      if (event.target === made || (event.target instanceof Element && event.target.closest('a') !== null)) made.close()
    })
    made.addEventListener('keydown', (event) => {
      const links = [...list.querySelectorAll('a')]
      const at = links.findIndex((link) => link === document.activeElement)
      if (event.key === 'ArrowDown') links[Math.min(at + 1, links.length - 1)]?.focus()
      else if (event.key === 'ArrowUp') (links[at - 1] ?? input).focus()
      else if (event.key === 'Enter' && document.activeElement === input) links[0]?.click()
      else return
      event.preventDefault()
    })
    document.body.append(made)
    status.textContent = 'Loading …'
    openIndex().then(
      (opened) => {
        index = opened
        show(list, status, input.value)
      },
      () => {
        status.textContent = 'The search could not be loaded. Reload the page and try again.'
      },
    )
    return made
  }

  function open() {
    dialog ??= makeDialog()
    if (dialog.open) return
    dialog.showModal()
    dialog.querySelector('input')?.select()
  }

  document.querySelector('.search-button')?.addEventListener('click', open)
  document.addEventListener('keydown', (event) => {
    const { key, ctrlKey, metaKey, target } = event
    const isTyping = target instanceof HTMLInputElement
    if ((key === '/' && !isTyping && !ctrlKey && !metaKey) || (key.toLowerCase() === 'k' && (ctrlKey || metaKey))) {
      event.preventDefault()
      open()
    }
  })
})()

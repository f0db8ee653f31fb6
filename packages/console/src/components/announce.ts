// Tells screen reader users what just happened.

let region: HTMLElement | undefined

export function announce(text: string): void {
  if (region === undefined) {
    region = document.createElement('div')
    region.setAttribute('role', 'status')
    region.className = 'announcer'
    document.body.append(region)
  }
  const target = region
  // The region is emptied first, so that a screen reader announces a repeated text too.
  target.textContent = ''
  window.setTimeout(() => {
    target.textContent = text
  }, 50)
}

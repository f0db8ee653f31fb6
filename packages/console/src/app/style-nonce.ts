// The nonce that the server wrote into the page: style elements made by a script are refused without it.

export const styleNonce: string = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

declare global {
  var __webpack_nonce__: string | undefined
}

// The variable that the package get-nonce reads for the scroll lock of dialogs.
globalThis.__webpack_nonce__ = styleNonce

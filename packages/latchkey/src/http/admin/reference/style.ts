// The style sheet of the reference page.

export const STYLE = `
:root { color-scheme: light dark; --line: #8886; --dim: light-dark(#495057, #ced4da); --panel: light-dark(#f8f9fa, #2e2e2e); --link: light-dark(#1864ab, #74c0fc) }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: light-dark(#fff, #242424); color: light-dark(#212529, #dee2e6) }
a { color: var(--link) }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
code, pre { font: .9em/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
pre { padding: .75rem; background: var(--panel); white-space: pre-wrap }
nav { padding: 1rem; border-bottom: 1px solid var(--line) }
nav h2 { font-size: 1rem; margin: 1rem 0 .25rem }
nav ul { list-style: none; margin: 0; padding: 0 }
nav li { margin: .25rem 0 }
nav li a { display: flex; gap: .5rem; text-decoration: none }
nav li a:hover { text-decoration: underline }
main { max-width: 54rem; padding: 1rem; min-width: 0 }
h1 { margin: 0 }
h2 { margin: 2.5rem 0 .5rem }
h3 { margin: 0; font-size: 1.1rem }
h4 { margin: 1rem 0 .25rem; font-size: 1rem }
section { border-top: 1px solid var(--line); padding: 1rem 0; scroll-margin-top: 0 }
section:target { border-left: 4px solid var(--link); padding-left: 1rem }
.call { margin: .25rem 0 }
.role, .kind { color: var(--dim) }
.method { font: 700 .75rem/1.5rem ui-monospace, monospace; flex: 0 0 3.5rem; color: light-dark(#495057, #ced4da) }
.method.get { color: light-dark(#1864ab, #74c0fc) }
.method.post { color: light-dark(#1f6b2e, #8ce99a) }
.method.patch { color: light-dark(#8f3a00, #ffc078) }
.method.delete { color: light-dark(#a51111, #ffa8a8) }
dl { margin: .25rem 0 .25rem; padding-left: .75rem; border-left: 2px solid var(--line) }
dd { margin: 0 0 .5rem }
details { margin: .5rem 0 }
summary { cursor: pointer; padding: .125rem 0 }
@media (min-width: 60rem) {
  body { display: grid; grid-template-columns: 20rem 1fr }
  nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; border-right: 1px solid var(--line); border-bottom: 0 }
  main { padding: 1rem 2rem }
}
`

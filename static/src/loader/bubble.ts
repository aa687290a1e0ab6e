import type { Greet } from './boot'
import { tagFor } from './pick'

// The shop's own word beside the launcher, for sites that have one. It is drawn when the page has been open for a while, moves neither the page nor the
// focus, and once somebody has dismissed it or opened the chat it never comes again.
export const bubble: Greet = (site, wishes, launcher, notebook, panel, on) => {
  let box: HTMLElement | undefined
  const end = () => {
    box?.remove()
    notebook.write({ quiet: true })
  }
  // Whoever has opened the chat needs no word of it any more.
  on('open', end)
  const says = site.bubble
  const language = says && tagFor(says.texts, wishes)
  if (!language) return
  setTimeout(() => {
    const { quiet, live } = notebook.read()
    if (quiet || live || !launcher.host.isConnected) return
    box = document.createElement('div')
    box.className = 'hi'
    box.lang = language
    const button = (text: string, act: () => void) => {
      const b = document.createElement('button')
      b.dir = 'auto'
      b.textContent = text
      b.addEventListener('click', act)
      box!.append(b)
      return b
    }
    button(says.texts[language]![0], panel.open)
    button('×', () => {
      end()
      launcher.button.focus()
    }).ariaLabel = says.texts[language]![1]
    launcher.box.prepend(box)
  }, says.after * 1000)
}

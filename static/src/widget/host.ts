// The page around the frame. It may say a few things through one port, which it hands over once; anything else is not heard.

import type { ToFrame, ToLoader } from '../loader/site'
import { greeting } from '../loader/site'

export class Host {
  #port: MessagePort | undefined
  #name: ToLoader | undefined

  /** Waits for the port. Only the window that embeds us, and only one of the site's own pages, may bring it. */
  listen(origins: readonly string[], heard: (message: ToFrame) => void): void {
    addEventListener('message', (e: MessageEvent) => {
      if (e.source !== window.parent || !origins.includes(e.origin) || e.data !== greeting || !e.ports[0]) return
      this.#port?.close()
      this.#port = e.ports[0]
      this.#port.onmessage = (m) => heard(m.data as ToFrame)
      this.tell({ type: 'ready' })
      if (this.#name) this.tell(this.#name)
    })
  }

  /** What the launcher is called from now on; also one that takes the port later. */
  name(open: string, close: string, language: string): void {
    this.#name = { type: 'name', open, close, language }
    this.tell(this.#name)
  }

  tell(message: ToLoader): void {
    this.#port?.postMessage(message)
  }
}

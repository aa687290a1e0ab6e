// What is there of attachments from the beginning: that files come in by the button, by paste and by drop. Everything else is a part that is fetched
// when it is wanted.
import { effect, signal } from '@preact/signals'
import type { LineFile } from '../shared/outbox'
import type { App } from './app'
import type { Files } from './attach/files'
import { filesPart, parts } from './parts'

export class Attach {
  /** The rest, once it is here. */
  readonly files = signal<Files | undefined>(undefined)
  /** Something is being dragged over the page that can be dropped. */
  readonly dragging = signal(false)
  /** What is to be done with the rest once it is here. */
  #waiting: Array<(files: Files) => void> = []

  constructor(private readonly app: App) {
    effect(() => {
      const part = filesPart.module.value
      if (!part || this.files.peek()) return
      const files = new part.Files(app)
      this.files.value = files
      for (const f of this.#waiting.splice(0)) f(files)
    })
  }

  /** The rest; undefined if it could not be fetched. */
  async load(): Promise<Files | undefined> {
    await filesPart.load()
    return this.files.peek()
  }

  /** Somebody seems to want it: perhaps it is there when he does. */
  soon = (): void => void filesPart.load()

  add(files: Iterable<File>): void {
    // The browser empties its own list when the event is over.
    const all = [...files]
    this.#then(({ tray }) => tray.add(all))
  }

  /** Puts files beside the box that were with a line. */
  put(files: readonly LineFile[]): void {
    this.#then(({ tray }) => tray.put(files))
  }

  #then(f: (files: Files) => void): void {
    const here = this.files.peek()
    if (here) {
      f(here)
      return
    }
    // It waits until that comes; if it does not, the bar says so, with "Try again".
    this.#waiting.push(f)
    parts.want(filesPart)
  }

  /** The next visitor finds nothing of what lay here. */
  async reset(): Promise<void> {
    this.#waiting = []
    if (!this.files.peek() && !this.app.keep.get('files')) return
    const files = await this.load()
    await files?.tray.loaded
    files?.reset()
  }

  /** Paste and drop, anywhere in the page. */
  listen(): void {
    addEventListener('paste', (e) => {
      const data = e.clipboardData
      // What an office program copies is a text, and a picture of it.
      if (!data?.files.length || data.types.includes('text/plain')) return
      e.preventDefault()
      this.add(data.files)
    })
    addEventListener('dragover', (e) => {
      if (!e.dataTransfer?.types.includes('Files')) return
      e.preventDefault()
      this.soon()
      this.dragging.value = this.app.talk.link.peek() !== 'refused'
      e.dataTransfer.dropEffect = this.dragging.peek() ? 'copy' : 'none'
    })
    addEventListener('dragleave', (e) => {
      // Out of the window, and not only from one element to the next.
      if (e.relatedTarget === null) this.dragging.value = false
    })
    addEventListener('drop', (e) => {
      const wanted = this.dragging.peek()
      this.dragging.value = false
      if (!e.dataTransfer?.files.length) return
      // A browser would open the file in the place of the conversation.
      e.preventDefault()
      if (!wanted) return
      this.add(e.dataTransfer.files)
      this.app.focus()
    })
  }
}

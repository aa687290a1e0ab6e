// Whether the field of a dialog that was asked for is there yet: until then letters are held for it (held.ts).
import { effect } from '@preact/signals'
import type { Desk } from '../app/desk'
import { Palette, SearchPanel } from '../app/parts'
import type { Held } from './held'

/** The field of a dialog that was asked for: its code may have to be fetched, and it is drawn later than the next key. */
export class Field {
  private came = false

  constructor(private readonly desk: Desk) {}

  /** Whether it is still to come. */
  comes(): boolean {
    const part = partOf(this.desk.dialog.peek())
    return part !== undefined && !part.absent.peek() && !this.came
  }

  /** Lets the keys go into it as soon as it has the focus; not where it does not come. */
  follow(held: Held<KeyboardEvent>): () => void {
    const stop = effect(() => {
      const part = partOf(this.desk.dialog.value)
      this.came = false
      if (!part || part.absent.value) held.drop()
    })
    // This may itself have been fetched while somebody writes there: then nothing tells that it has the focus.
    this.came = inDialog(document.activeElement)
    const onFocus = (e: FocusEvent) => {
      if (!inDialog(e.target)) return
      this.came = true
      void held.release()
    }
    addEventListener('focusin', onFocus)
    return () => {
      stop()
      removeEventListener('focusin', onFocus)
    }
  }
}

function inDialog(el: EventTarget | null): boolean {
  return el instanceof HTMLInputElement && el.closest('dialog') !== null
}

function partOf(dialog: Desk['dialog']['value']) {
  return dialog === 'palette' ? Palette.part : dialog === 'search' ? SearchPanel.part : undefined
}

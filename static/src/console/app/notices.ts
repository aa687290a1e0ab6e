// Short messages that come and go.
import { type Signal, signal } from '@preact/signals'
import { t } from './words'

export interface Notice {
  text: string
  kind: 'info' | 'error'
  /** What a button beside it does, once; undo tells that it takes back what was done, for which there is a key. */
  action?: { text: string; run: () => void; undo?: true }
}

/** How long a notice stands, in ms: an error has to be read. */
const stays = { info: 4000, error: 8000 }

/** How long something can be taken back, in ms. */
export const undoable = 10_000

export class Notices {
  readonly current: Signal<Notice | undefined> = signal(undefined)
  private timer: ReturnType<typeof setTimeout> | undefined

  say(text: string, kind: Notice['kind'] = 'info', action?: Notice['action']): void {
    clearTimeout(this.timer)
    this.current.value = { text, kind, ...(action && { action }) }
    this.timer = setTimeout(() => this.clear(), action ? undoable : stays[kind])
  }

  /** Says what was done, with a way back if there is one. */
  done(text: string, back?: () => void): void {
    this.say(text, 'info', back && { text: t('key.undo'), run: back, undo: true })
  }

  /** Does what the button of the notice does. */
  act(): void {
    const action = this.current.peek()?.action
    this.clear()
    action?.run()
  }

  clear(): void {
    this.current.value = undefined
  }

  copy(text: string): void {
    // Without a secure context there is no clipboard to write to.
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'))
    written.then(
      () => this.say(t('copied')),
      () => this.say(t('copy.failed'), 'error'),
    )
  }
}

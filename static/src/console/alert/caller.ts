// Calls the agent once, however many tabs of the console are open, and not at all for what is in front in one of them.
import { Tabs } from '../../shared/tabs'
import type { Desk } from '../app/desk'
import { type Kind, reaches } from './news'
import { notify } from './notify'
import { canSound, chime } from './sound'

/** What a notification says. */
export interface Saying {
  title: string
  text: string
  /** Of the text. */
  language: string
}

export class Caller {
  private readonly desk: Desk
  private readonly tabs = new Tabs('dragoman.console.tabs', { locks: navigator.locks })

  constructor(desk: Desk) {
    this.desk = desk
    this.tabs.sees = (id) => inFront(desk, id.slice(0, id.indexOf(' ')))
  }

  /** `what` tells one call of a conversation from another, in all tabs alike. Without `saying` it sounds only. */
  call(kind: Kind, conversation: string, what: string, saying?: () => Saying | undefined): void {
    // The tab that has it in front answers when another claims it.
    if (inFront(this.desk, conversation)) return
    if (!reaches(kind, this.desk.status.peek().status === 'away')) return
    const { settings } = this.desk
    const sounds = settings.sound.peek() === 'on' && settings.sounds[kind].peek() === 'on'
    const notifies = saying !== undefined && settings.notify.peek() === 'on'
    if (sounds || notifies) void this.once(kind, conversation, what, sounds, notifies ? saying : undefined)
  }

  close(): void {
    this.tabs.close()
  }

  /** The best placed tab does it: one that is looked at, where a notification is not wanted, before one that is not; one that may sound before one that may not. */
  private async once(
    kind: Kind,
    conversation: string,
    what: string,
    sounds: boolean,
    saying?: () => Saying | undefined,
  ): Promise<void> {
    const looked = document.hasFocus()
    const place = sounds && !canSound() ? 3 : looked ? 1 : 2
    if (!(await this.tabs.claim(`${conversation} ${what}`, false, place))) return
    if (sounds) chime(kind, Number(this.desk.settings.volume.peek()))
    const said = looked ? undefined : saying?.()
    if (said) notify(conversation, said, () => this.desk.open(conversation))
  }
}

/** Whether the conversation is before the agent's eyes in this tab. */
export function inFront(desk: Desk, id: string): boolean {
  return (
    !desk.place.peek() && desk.current.peek() === id && document.visibilityState === 'visible' && document.hasFocus()
  )
}

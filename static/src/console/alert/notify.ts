// Desktop notifications: only where the agent has switched them on, only while no tab of the console is looked at.
import type { Signal } from '@preact/signals'
import type { Saying } from './caller'

export function canNotify(): boolean {
  return 'Notification' in window && window.isSecureContext
}

/** Whether the browser lets us: what was switched on here may have been taken back in its own settings. */
export function mayNotify(): boolean {
  return canNotify() && Notification.permission === 'granted'
}

/** Asks the browser, which asks the person. Call it from a click. */
export async function askToNotify(): Promise<boolean> {
  if (!canNotify()) return false
  try {
    return (await Notification.requestPermission()) === 'granted'
  } catch {
    return false
  }
}

/** Switches notifications on or off, and tells whether the browser refuses them. Call it from a click or a key. */
export async function turnNotify(notify: Signal<string>): Promise<'done' | 'denied'> {
  const on = notify.peek() === 'on' && mayNotify()
  const denied = !on && !(await askToNotify())
  notify.value = on || denied ? 'off' : 'on'
  return denied ? 'denied' : 'done'
}

/** One notification per conversation: a newer one takes the place of the older. */
export function notify(conversation: string, { title, text, language }: Saying, open: () => void): void {
  if (!mayNotify()) return
  try {
    const n = new Notification(title, { body: text, tag: conversation, lang: language })
    n.onclick = () => {
      window.focus()
      open()
      n.close()
    }
  } catch {
    // Some phones only let service workers notify.
  }
}

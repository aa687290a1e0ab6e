// Desktop notifications: only where the agent has switched them on, only while the page is not looked at.

export function canNotify(): boolean {
  return 'Notification' in window && window.isSecureContext
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

/** One notification per conversation: a newer one takes the place of the older. */
export function notify(conversation: string, title: string, body: string, language: string, open: () => void): void {
  if (!canNotify() || Notification.permission !== 'granted') return
  try {
    const n = new Notification(title, { body, tag: conversation, lang: language })
    n.onclick = () => {
      window.focus()
      open()
      n.close()
    }
  } catch {
    // Some phones only let service workers notify.
  }
}

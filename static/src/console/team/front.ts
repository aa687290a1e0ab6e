// Tells the colleagues which conversation stands in front here. One that is only passed by is not looked at.
import { effect, signal } from '@preact/signals'
import type { Desk } from '../app/desk'

/** How long a conversation must stand in front before it is told, in ms. */
const settle = 400

/** Watches the desk. Returns how to stop. */
export function tellFront(desk: Desk): () => void {
  const visible = signal(document.visibilityState === 'visible')
  const look = () => (visible.value = document.visibilityState === 'visible')
  document.addEventListener('visibilitychange', look)
  let told: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = (conversation: string | undefined) => {
    told = conversation
    desk.client.call('viewing', conversation ? { conversation } : {}).catch(() => {})
  }
  const stop = effect(() => {
    const online = desk.line.online.value
    // A page, or on a narrow screen the list, stands before it.
    const covered = desk.place.value !== undefined || (desk.single.value && desk.pane.value === 'list')
    const front = visible.value && !covered ? desk.current.value : undefined
    clearTimeout(timer)
    // A new socket looks at nothing yet.
    if (!online) told = undefined
    else if (front === undefined && told !== undefined) tell(undefined)
    else if (front !== told) timer = setTimeout(() => tell(front), settle)
  })
  return () => {
    stop()
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', look)
  }
}

// "A colleague answered 4 s ago. Send anyway?": asked once, above what is written, which stays.
import { type Signal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { inUnits } from '../inbox/waiting'
import { Icon } from '../ui/icons'
import { type Collision, collision, newest } from './collision'
import type { Draft } from './drafts'

export interface Guard {
  asked: Signal<Collision | undefined>
  /** The draft after a change, with the line at which its text was begun. */
  begun(before: Draft, after: Draft): Draft
  /** Tells whether a line has to be asked about; then `met` is where the draft begins from now on. */
  stops(draft: Draft): { met: number } | undefined
}

export function useGuard(id: string): Guard {
  const desk = useDesk()
  const asked = useSignal<Collision | undefined>(undefined)
  const lines = () => desk.chats.room(id).peek().messages
  return {
    asked,
    begun(before, after) {
      if (after.text.trim() === '') {
        asked.value = undefined
        return { ...after, since: undefined }
      }
      if (before.text.trim() !== '' && after.since !== undefined) return after
      return { ...after, since: Math.max(newest(lines()), desk.rows.peek().get(id)?.seq ?? 0) }
    },
    stops(draft) {
      asked.value = draft.note ? undefined : collision(lines(), desk.myId.peek(), draft.since)
      if (!asked.value) return undefined
      // What the colleague said is to be seen before anybody decides.
      desk.newestAsked.value++
      return { met: asked.value.seq }
    },
  }
}

export function Collided({ guard, send }: { guard: Guard; send: () => void }): JSX.Element | null {
  const desk = useDesk()
  const met = guard.asked.value
  if (!met) return null
  const { n, unit } = inUnits(Math.max(1, Math.round((desk.now.value - met.at) / 1000)))
  return (
    <div class="collided" role="alert">
      <Icon name="alert" size={16} />
      <p>{t('collision', { name: met.name, time: t(`unit.${unit}`, { n }) })}</p>
      <button type="button" onClick={() => (guard.asked.value = undefined)}>
        {t('collision.look')}
      </button>
      <button type="button" class="primary" onClick={send}>
        {t('collision.send')}
      </button>
    </div>
  )
}

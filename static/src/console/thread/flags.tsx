// One sentence above the lines while the customer calls a translation wrong, so that nobody has to look for it.
import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { Icon } from '../ui/icons'

export function FlagNote({ id }: { id: string }): JSX.Element {
  const desk = useDesk()
  const flagged = useComputed(() => desk.rows.value.get(id)?.flagged ?? 0).value
  const loaded = useComputed(() =>
    desk.chats.room(id).value.messages.findLast((m) => Object.values(m.translations).some((e) => e.flagged)),
  ).value
  const show = () => {
    if (!loaded) return void desk.chats.loadOlder(id)
    const line = document.querySelector<HTMLElement>(`.lines [data-seq="${loaded.seq}"]`)
    line?.scrollIntoView({ block: 'center' })
    line?.querySelector<HTMLElement>('.flag button')?.focus({ preventScroll: true })
  }
  // Always there, because what is announced must have stood before it changes.
  return (
    <div role="status">
      {flagged > 0 && (
        <div class="note-line flag-note">
          <Icon name="alert" />
          <p>
            {t('flag.note', { n: flagged })}{' '}
            <button type="button" class="link" onClick={show}>
              {t(loaded ? 'flag.show' : 'flag.older')}
            </button>
          </p>
        </div>
      )}
    </div>
  )
}

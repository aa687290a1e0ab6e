// The state of the connection, said plainly, and short messages that come and go.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { clock } from '../../shared/time'
import { Icon } from '../ui/icons'
import { useDesk } from './desk'
import { timeLocale } from './times'
import { t } from './words'

/** A connection that comes back within this many ms is not worth a bar that pushes everything about. */
const grace = 800

export function ConnectionBar(): JSX.Element | null {
  const desk = useDesk()
  const online = desk.line.online.value
  const late = useSignal(false)
  const tick = useSignal(0)
  useEffect(() => {
    late.value = false
    if (online) return
    const show = setTimeout(() => (late.value = true), grace)
    // Its own clock: the desk's stands still while the page is hidden.
    const every = setInterval(() => tick.value++, 500)
    return () => {
      clearTimeout(show)
      clearInterval(every)
    }
  }, [online])
  // Said to screen readers once each way; the counting seconds are for eyes only.
  const since = desk.line.lostAt.value
  const told = online ? (since === undefined ? '' : t('bar.back')) : late.value ? t('bar.offline.said') : ''
  return (
    <>
      <span class="spoken" role="status">
        {told}
      </span>
      {!online && late.value && <Bar key="bar" since={since} tick={tick.value} />}
    </>
  )
}

function Bar({ since }: { since: number | undefined; tick: number }): JSX.Element {
  const desk = useDesk()
  const next = desk.client.nextAt
  const seconds = Math.max(1, Math.ceil((next - Date.now()) / 1000))
  const network = navigator.onLine !== false
  const what =
    since === undefined
      ? t('bar.connecting')
      : t('bar.offline', { time: clock(new Date(since).toISOString(), timeLocale()) })
  const then = !network
    ? t('bar.nonetwork')
    : next > 0
      ? t('bar.again', { n: seconds })
      : since === undefined
        ? ''
        : t('bar.trying')
  return (
    <section class="bar" aria-label={t('bar.title')}>
      <Icon name="offline" />
      <p>
        <strong>{what}</strong> {then}
      </p>
      {next > 0 && (
        <button type="button" onClick={() => desk.client.tryNow()}>
          {t('bar.now')}
        </button>
      )}
    </section>
  )
}

export function NoticeLine(): JSX.Element {
  const desk = useDesk()
  const notice = desk.notices.current.value
  return (
    <div class="notices" role="status">
      {notice && (
        <p class={`notice ${notice.kind}`}>
          {notice.kind === 'error' && <Icon name="alert" size={16} />}
          {notice.text}
          {notice.action && (
            <button type="button" class="link" onClick={() => desk.notices.act()}>
              {notice.action.text}
            </button>
          )}
          <button type="button" class="icon-button small" aria-label={t('close')} onClick={() => desk.notices.clear()}>
            <Icon name="close" size={14} />
          </button>
        </p>
      )}
    </div>
  )
}

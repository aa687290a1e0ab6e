// A line of our own that is not on the server's disk yet.
import type { JSX } from 'preact'
import type { Line } from '../../shared/outbox'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { FilesOfLine } from '../attach/views'
import { Icon } from '../ui/icons'
import { Marked } from './marked'

export function Outgoing({ line }: { line: Line }): JSX.Element {
  const desk = useDesk()
  const lost = line.state === 'failed' || line.state === 'refused'
  const edit = () => {
    const back = desk.sending.remove(line.key)
    if (!back) return
    desk.files.tray(back.conversation, back.note === true).put(back.files ?? [])
    desk.putBack(back.conversation, back.text, back.note === true)
  }
  return (
    <section class={`run ours outgoing${line.note ? ' noted' : ''}${lost ? ' lost' : ''}`}>
      <div class={line.text || line.note ? 'line' : 'line bare'}>
        {line.text && (
          <p class="main" lang={line.language} dir="auto" translate={false}>
            <Marked text={line.text} />
          </p>
        )}
        <FilesOfLine line={line} />
        {lost ? (
          <span class="tag failed" role="status">
            <Icon name="alert" size={14} />
            {t('out.failed', { reason: line.error?.message ?? t('error.unknown') })}
            {line.state === 'failed' && (
              <button type="button" class="link" onClick={() => desk.sending.retry(line.key)}>
                {t('again')}
              </button>
            )}
            <button type="button" class="link" onClick={edit}>
              {t('out.edit')}
            </button>
            <button type="button" class="link" onClick={() => desk.sending.remove(line.key)}>
              {t('out.discard')}
            </button>
          </span>
        ) : (
          <span class="tag">
            <Icon name="clock" size={14} />
            {t(
              !desk.line.online.value
                ? 'out.waiting'
                : line.held && line.state === 'queued'
                  ? 'preview.waiting'
                  : 'out.sending',
            )}{' '}
            {line.state === 'sending' && desk.files.progress(line)}
            {line.files?.some((f) => !f.id) && (
              <button type="button" class="link" onClick={edit}>
                {t('cancel')}
              </button>
            )}
          </span>
        )}
      </div>
    </section>
  )
}

// What agents write down about a customer: one text, which stands in all of his conversations.
import type { JSX } from 'preact'
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import type { Conversation } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { shelf } from '../app/shelf'
import { shortTime } from '../app/times'
import { t } from '../app/words'
import { Clash } from '../ui/clash'
import { Icon } from '../ui/icons'
import { Block } from './block'
import { longestRemark, RemarkPad } from './remark'

export function Remark({ row }: { row: Conversation }): JSX.Element {
  const desk = useDesk()
  // By the person: the same in all of his conversations, through any of which it can be read and written.
  const pad = useMemo(
    () =>
      new RemarkPad({
        key: `dragoman.remark.${desk.myId.peek()}.${row.visitor.id}`,
        shelf: shelf(),
        read: () => desk.client.call('remark', { conversation: row.id }),
        write: (text, rev) => desk.client.call('remark', { conversation: row.id, text, rev }),
      }),
    [row.visitor.id],
  )
  const online = desk.line.online.value
  useEffect(() => {
    if (!online) return
    void pad.load()
    pad.flush()
  }, [pad, online])
  useEffect(() => pad.told(row.visitor.remark ?? 0), [pad, row.visitor.remark])
  useEffect(() => () => pad.flush(), [pad])
  return (
    <Block name="remark" title={t('remark')}>
      <Pad pad={pad} />
    </Block>
  )
}

function Pad({ pad }: { pad: RemarkPad }): JSX.Element {
  const id = useId()
  const box = useRef<HTMLTextAreaElement>(null)
  const text = pad.text.value
  const state = pad.state.value
  const over = [...text.trim()].length - longestRemark
  // As tall as what is in it, up to a bound of the style sheet's.
  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    el.style.blockSize = 'auto'
    el.style.blockSize = `${el.scrollHeight + 2}px`
  }, [text])
  return (
    <>
      <textarea
        ref={box}
        class="remark-box"
        rows={2}
        dir="auto"
        aria-label={t('remark')}
        aria-describedby={id}
        placeholder={t('remark.hint')}
        disabled={state === 'loading' || state === 'failed'}
        value={text}
        onInput={(e) => pad.type(e.currentTarget.value)}
        onBlur={() => pad.flush()}
      />
      <p id={id} class="remark-state" role="status">
        {over > 0 ? <span class="over">{t('composer.over', { n: over })}</span> : <Standing pad={pad} />}
      </p>
      {state === 'conflict' && <Conflict pad={pad} />}
    </>
  )
}

/** How it stands, in words: saved by whom and when, or not saved and why. */
function Standing({ pad }: { pad: RemarkPad }): JSX.Element | null {
  const desk = useDesk()
  const { by, at, rev } = pad.saved.value
  switch (pad.state.value) {
    case 'failed':
      return (
        <>
          {t('remark.failed')}{' '}
          <button type="button" class="link" onClick={() => void pad.load()}>
            {t('again')}
          </button>
        </>
      )
    case 'typed':
      return <>{t('remark.typed')}</>
    case 'saving':
      return <>{t('remark.saving')}</>
    case 'waiting':
      return (
        <>
          <Icon name="offline" size={14} /> {t('remark.waiting')}
        </>
      )
    case 'saved':
      if (rev === 0 || !at) return null
      return (
        <>
          <Icon name="check" size={14} />{' '}
          {t('remark.saved', { name: by ?? '', time: shortTime(at, desk.minute.value) })}
        </>
      )
  }
  return null
}

function Conflict({ pad }: { pad: RemarkPad }): JSX.Element | null {
  const theirs = pad.theirs.value
  if (!theirs) return null
  return (
    <Clash
      name={theirs.by}
      onBoth={() => pad.settle([theirs.text, pad.text.peek().trim()].filter((s) => s !== '').join('\n\n'))}
      onTake={() => pad.settle(theirs.text)}
      onKeep={() => pad.settle(pad.text.peek())}
    >
      {theirs.text && <p dir="auto">{theirs.text}</p>}
    </Clash>
  )
}

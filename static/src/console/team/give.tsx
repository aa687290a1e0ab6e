// Giving a conversation to a colleague, with a note, or adding one who reads along: a field that filters, over a list, then what he is to know.
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { uuid } from '../../shared/outbox'
import type { Colleague, Conversation } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { languageName } from '../app/languages'
import { t } from '../app/words'
import { useCombobox } from '../ui/combobox'
import { Icon } from '../ui/icons'
import { Avatar } from '../ui/marks'
import { place } from '../ui/popover'
import { choices, readsIt } from './choices'
import { colleagueText, StatusDot } from './status'

export interface GiveProps {
  row: Conversation
  close: () => void
}

export default function Give({ row, close }: GiveProps): JSX.Element {
  const root = useRef<HTMLDivElement>(null)
  const chosen = useSignal<Colleague | undefined>(undefined)
  // The layer found its place before this part had come.
  useLayoutEffect(() => {
    const layer = root.current?.closest<HTMLElement>('[popover]')
    const button = layer?.previousElementSibling
    if (layer && button instanceof HTMLElement) place(button, layer)
  }, [])
  return (
    <div ref={root}>
      {chosen.value ? (
        <Tell to={chosen.value} row={row} close={close} back={() => (chosen.value = undefined)} />
      ) : (
        <Choose row={row} close={close} choose={(a) => (chosen.value = a)} />
      )}
    </div>
  )
}

interface Option {
  key: string
  agent?: Colleague
  text?: string
  run: () => void
}

function Choose({ row, close, choose }: GiveProps & { choose: (a: Colleague) => void }): JSX.Element {
  const desk = useDesk()
  const field = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => field.current?.focus(), [])
  const typed = useSignal('')
  const me = desk.myId.value
  const own = (key: string, text: string, act: () => Promise<boolean>): Option => ({
    key,
    text,
    run: () => {
      close()
      void act()
    },
  })
  const options = useComputed(() => {
    const all: Option[] = []
    const unasked = typed.value === ''
    if (unasked && row.assignee !== me) all.push(own('me', t('assign.me'), () => desk.act.assign(row.id, me)))
    const others = desk.roster.of(row.site).filter((a) => a.id !== me && a.id !== row.assignee)
    for (const agent of choices(others, row.language, typed.value))
      all.push({ key: agent.id, agent, run: () => choose(agent) })
    // Last, so that Enter alone does not throw it back by mistake.
    if (unasked && row.assignee) all.push(own('none', t('assign.nobody'), () => desk.act.assign(row.id, null)))
    if (unasked && row.invited?.includes(me)) all.push(own('leave', t('invited.leave'), () => desk.act.leave(row.id)))
    return all
  }).value
  const { id, option, at, keys } = useCombobox(
    0,
    () => options.length,
    (i) => options[i]?.run(),
  )
  return (
    <>
      <input
        ref={field}
        data-first
        type="text"
        role="combobox"
        aria-label={t('assign.search')}
        aria-expanded="true"
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={options.length ? option(at.value) : undefined}
        placeholder={t('assign.search')}
        autocomplete="off"
        spellcheck={false}
        value={typed.value}
        onInput={(e) => {
          typed.value = e.currentTarget.value
          at.value = 0
        }}
        onKeyDown={keys}
      />
      <div role="listbox" id={id} aria-label={t('assign.name')} class="options">
        {options.map((o, i) => (
          <div
            key={o.key}
            id={option(i)}
            role="option"
            tabIndex={-1}
            aria-selected={i === at.value}
            onPointerMove={() => (at.value = i)}
            onClick={o.run}
            onKeyDown={keys}
          >
            {o.agent ? <Person a={o.agent} row={row} /> : <span>{o.text}</span>}
          </div>
        ))}
      </div>
      {options.length === 0 && <p class="none">{t('assign.none', { text: typed.value.trim() })}</p>}
    </>
  )
}

function Person({ a, row }: { a: Colleague; row: Conversation }): JSX.Element {
  const desk = useDesk()
  const now = desk.minute.value
  return (
    <>
      <Avatar who={{ ...a, kind: 'agent' }} small />
      <span class="give-who">
        <span class="give-name">
          <bdi>{a.name}</bdi>
          <StatusDot of={a} now={now} />
          {row.invited?.includes(a.id) && <span class="give-mark">{t('invited.mark')}</span>}
        </span>
        <small class={readsIt(a, row.language) ? 'reads' : undefined}>{a.languages.map(languageName).join(', ')}</small>
      </span>
      <small class="give-load">
        {colleagueText(a, now)}
        <br />
        {t('assign.open', { n: a.open })}
      </small>
    </>
  )
}

function Tell({ to, row, close, back }: GiveProps & { to: Colleague; back: () => void }): JSX.Element {
  const desk = useDesk()
  const note = useSignal('')
  const field = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => field.current?.focus(), [])
  // The same note has the same key however often it is tried; another text is another note.
  const key = useRef(uuid())
  const busy = useSignal(false)
  const online = desk.line.online.value && !busy.value
  const act = async (run: () => Promise<boolean>) => {
    if (!online) return
    busy.value = true
    const done = await run()
    busy.value = false
    // What could not be done stays as it was typed.
    if (done) close()
  }
  const give = () => act(() => desk.act.give(row.id, to, note.peek().trim(), key.current))
  return (
    <form
      class="give-tell"
      onSubmit={(e) => {
        e.preventDefault()
        void give()
      }}
    >
      <header>
        <button type="button" class="icon-button small" aria-label={t('back')} onClick={back}>
          <Icon name="back" size={16} />
        </button>
        <strong>
          <bdi>{to.name}</bdi>
        </strong>
      </header>
      <label for={`${row.id}-note`}>{t('assign.note')}</label>
      <textarea
        ref={field}
        data-first
        id={`${row.id}-note`}
        rows={3}
        dir="auto"
        placeholder=" "
        value={note.value}
        onInput={(e) => {
          note.value = e.currentTarget.value
          key.current = uuid()
        }}
        onKeyDown={(e) => {
          if (e.key !== 'Enter' || e.shiftKey || e.isComposing) return
          e.preventDefault()
          void give()
        }}
      />
      <footer>
        <button
          type="button"
          disabled={!online || row.invited?.includes(to.id)}
          onClick={() => void act(() => desk.act.invite(row.id, to, note.peek().trim()))}
        >
          {t('invited.add')}
        </button>
        <button type="submit" class="primary" disabled={!online}>
          {t('assign.give')}
        </button>
      </footer>
    </form>
  )
}

import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX, RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { end as ended, keyboard, letters, sound as loud, mute, shield } from '../shared/drawings/menu'
import { languageName, plainTag } from '../shared/i18n'
import { Drawing, Icon } from '../shared/icons'
import { wear } from '../shared/parts'
import type { App } from './app'
import { useApp } from './app'
import looks from './menu.css'
import { allowSound } from './sound'
import type { Talk } from './talk'
import { saveText, transcript } from './transcript'

wear(looks)

/** The few settings of a visitor, under the button in the header. Ending asks once more, in the same place. */
export default function Menu({ opener }: { opener: RefObject<HTMLButtonElement | null> }): JSX.Element {
  const app = useApp()
  const { t, sheet, talk, sound, originals, larger, language } = app
  const box = useRef<HTMLDivElement>(null)
  const failed = useSignal(false)
  const tt = t.value
  const close = () => {
    sheet.value = 'none'
  }
  const end = async () => {
    failed.value = false
    if (await talk.end()) close()
    else failed.value = true
  }

  // Not useEffect, which comes after painting: a menu that is gone by then would leave its listener behind, to close the next one.
  useLayoutEffect(() => {
    box.current?.querySelector('button')?.focus()
    const outside = (e: Event) => {
      const at = e.target as Node
      if (!box.current?.contains(at) && !opener.current?.contains(at)) close()
    }
    document.addEventListener('pointerdown', outside)
    const [before, mine] = [opener.current, box.current]
    return () => {
      document.removeEventListener('pointerdown', outside)
      // Back to where one came from, unless something else has taken the focus. What is about to go still has it.
      if (document.activeElement === document.body || mine?.contains(document.activeElement)) before?.focus()
    }
  }, [sheet.value])

  if (sheet.value === 'end')
    return (
      <div ref={box} class="menu ask">
        <p id="ask">{tt('end.question')}</p>
        <div class="row">
          <button type="button" class="plain" onClick={close}>
            {tt('cancel')}
          </button>
          <button type="button" class="strong" aria-describedby="ask" onClick={() => void end()}>
            {tt('menu.end')}
          </button>
        </div>
        {failed.value && (
          <p role="alert" class="unsent">
            {tt('flag.failed')}
          </p>
        )}
      </div>
    )

  const live = talk.current.value && talk.current.value.row?.state !== 'resolved'
  return (
    <div ref={box} class="menu">
      <Choice
        icon={<Icon name="globe" />}
        onClick={() => {
          sheet.value = 'languages'
        }}
        value={languageName(plainTag(talk.language.value), language.value)}
      >
        {tt('menu.language')}
      </Choice>
      <Choice
        icon={<Drawing path={sound.value ? loud : mute} kind="icon directed" />}
        pressed={sound.value}
        onClick={() => {
          allowSound()
          app.setSound(!sound.value)
        }}
        value={tt(sound.value ? 'on' : 'off')}
      >
        {tt('menu.sound')}
      </Choice>
      <Choice
        icon={<Icon name="translate" />}
        pressed={originals.value}
        onClick={() => app.setOriginals(!originals.value)}
        value={tt(originals.value ? 'on' : 'off')}
      >
        {tt('menu.originals')}
      </Choice>
      {app.settings.site.typing_preview && (
        <Choice
          icon={<Drawing path={keyboard} />}
          pressed={talk.preview.value}
          onClick={() => talk.setPreview(!talk.preview.value)}
          value={tt(talk.preview.value ? 'on' : 'off')}
        >
          {tt('menu.preview')}
        </Choice>
      )}
      <Choice
        icon={<Drawing path={letters} />}
        pressed={larger.value}
        onClick={() => app.setLarger(!larger.value)}
        value={tt(larger.value ? 'on' : 'off')}
      >
        {tt('menu.larger')}
      </Choice>
      {talk.rooms.value.length > 0 && (
        <Choice
          icon={<Icon name="arrowDown" />}
          onClick={() => {
            close()
            void save(app)
          }}
        >
          {tt('menu.save')}
        </Choice>
      )}
      <Choice
        icon={<Drawing path={shield} />}
        onClick={() => {
          sheet.value = 'privacy'
        }}
      >
        {tt('menu.privacy')}
      </Choice>
      {live && (
        <Choice
          icon={<Drawing path={ended} />}
          onClick={() => {
            sheet.value = 'end'
          }}
        >
          {tt('menu.end')}
        </Choice>
      )}
    </div>
  )
}

/** The whole conversation, also what is not on the screen yet, as a file. */
async function save({ talk, settings, t, language }: App): Promise<void> {
  await all(talk)
  const { name } = settings.site
  const text = transcript(talk.days.value, {
    title: name,
    t: t.value,
    language: language.value,
    own: talk.language.value,
  })
  saveText(`${name} ${new Date().toISOString().slice(0, 10)}.txt`, text)
}

/** Brings all that is older, or as much as so many pages have. */
async function all(talk: Talk): Promise<void> {
  const most = 40
  let pages = 0
  for (const { id } of talk.rooms.peek())
    for (let floor = 0; pages < most; pages++) {
      const room = talk.rooms.peek().find((r) => r.id === id)
      if (!room || room.floor <= 1 || room.floor === floor) break
      floor = room.floor
      await talk.older(room)
    }
}

interface ChoiceProps {
  icon: JSX.Element
  value?: string
  pressed?: boolean
  onClick(): void
  children: ComponentChildren
}

function Choice({ icon, value, pressed, onClick, children }: ChoiceProps): JSX.Element {
  return (
    <button type="button" onClick={onClick} {...(pressed !== undefined && { 'aria-pressed': pressed })}>
      {icon}
      <span class="label">{children}</span>
      {value && <span class="value">{value}</span>}
    </button>
  )
}

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useId, useRef } from 'preact/hooks'
import { thumbDown } from '../shared/drawings/log'
import { Drawing } from '../shared/icons'
import { wear } from '../shared/parts'
import type { Room } from '../shared/rooms'
import { rateable } from './after'
import { useApp } from './app'
import looks from './rating.css'

wear(looks)

/** MaxRatingComment of the server, in code points; a browser counts some of them twice, which makes it stricter. */
const longest = 1000

/** Two answers that anybody can give in a second; what they are on the scale of the protocol. */
const answers: ReadonlyArray<[score: number, key: string]> = [
  [5, 'rating.good'],
  [1, 'rating.bad'],
]

/** How was this chat? In the log once it is over, whoever has ended it. It may be left alone, and goes away when somebody writes on. */
export function Rating(): JSX.Element | null {
  const { talk } = useApp()
  const room = talk.current.value
  // A line that waits begins something new: nobody is asked about the old then.
  const waits = talk.lines.value.some((l) => l.state === 'queued' || l.state === 'sending')
  const asks = !waits && rateable(room, talk.me.value?.id ?? '')
  return room && asks ? <Question key={room.id} room={room} /> : null
}

/** thanked: the answer has got through. said: a word about it, too. failed, unsaid: the one or the other has not. */
type State = 'asked' | 'thanked' | 'said' | 'failed' | 'unsaid'

function Question({ room }: { room: Room }): JSX.Element {
  const app = useApp()
  const t = app.t.value
  const own = app.talk.texts.value
  const id = useId()
  const state = useSignal<State>('asked')
  const picked = useSignal<number | undefined>(undefined)
  const score = picked.value ?? room.row?.rating?.score

  const rate = async (score: number, comment?: string) => {
    const through = await app.talk.tell('rate', { conversation: room.id, score, ...(comment && { comment }) })
    if (through) app.host.tell({ type: 'rating', detail: score })
    return through
  }
  const pick = async (answer: number) => {
    picked.value = answer
    const through = await rate(answer)
    if (!through) picked.value = undefined
    if (!through || state.peek() !== 'said') state.value = through ? 'thanked' : 'failed'
  }
  const say = async (comment: string) => {
    if (score === undefined) return
    state.value = comment === '' || (await rate(score, comment)) ? 'said' : 'unsaid'
    if (state.peek() === 'said') app.goOn()
  }

  return (
    <section class="rating" aria-labelledby={id}>
      {own.rating ? (
        <h3 id={id} lang={own.language} dir="auto">
          {own.rating}
        </h3>
      ) : (
        <h3 id={id}>{t('rating.question')}</h3>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend that is there already */}
      <div class="row" role="group" aria-labelledby={id}>
        {answers.map(([answer, key]) => (
          <button key={key} type="button" aria-pressed={score === answer} onClick={() => void pick(answer)}>
            <Drawing path={thumbDown} />
            {t(key)}
          </button>
        ))}
      </div>
      {(state.value === 'thanked' || state.value === 'unsaid') && <Comment say={say} />}
      {state.value === 'said' && <p>{t('rating.thanks')}</p>}
      {(state.value === 'failed' || state.value === 'unsaid') && <p class="unsent">{t('flag.failed')}</p>}
    </section>
  )
}

/** Room for a word, which may stay empty. */
function Comment({ say }: { say(comment: string): Promise<void> }): JSX.Element {
  const t = useApp().t.value
  const box = useRef<HTMLInputElement>(null)
  const field = useId()
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault()
        void say(box.current?.value.trim() ?? '')
      }}
    >
      <label for={field}>{t('rating.comment')}</label>
      <div class="row">
        <input id={field} ref={box} type="text" dir="auto" maxLength={longest} autoComplete="off" />
        <button type="submit" class="strong">
          {t('composer.send')}
        </button>
      </div>
    </form>
  )
}

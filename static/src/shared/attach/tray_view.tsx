// The files that wait beside the box, each with how far it has come.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import type { Translate } from '../i18n'
import { Icon } from '../icons'
import { isPicture } from './box'
import { Mark } from './marks'
import { isolated, type Limits, percent, type Refusal, shownName, sizeName } from './rules'
import type { Item, Tray } from './tray'
import type { Uploads } from './uploads'

/** What all views of files need of the app around them. */
export interface Words {
  t: Translate
  language: string
  /** The server speaks the language of the page: its own sentence says best why it does not want a file. */
  quoting?: boolean
}

export interface TrayViewProps extends Words {
  tray: Tray
  uploads: Uploads
  limits: Limits
  /** What had the focus is gone, or done with: it goes back to the box. */
  left(): unknown
}

export function TrayView({ tray, uploads, limits, left, ...words }: TrayViewProps): JSX.Element | null {
  const items = tray.items.value
  const refusals = tray.refusals.value
  if (items.length === 0 && refusals.length === 0) return null
  return (
    <div class="att-tray">
      {refusals.length > 0 && <Refusals list={refusals} limits={limits} tray={tray} left={left} {...words} />}
      {items.length > 0 && (
        <ul>
          {items.map((item) => (
            <Card key={item.file.key} item={item} tray={tray} uploads={uploads} left={left} {...words} />
          ))}
        </ul>
      )}
    </div>
  )
}

/** Why a file was not taken, in words. */
function refusalText({ name, why }: Refusal, limits: Limits, { t, language }: Words): string {
  return t(`file.${why}`, { name: isolated(name), n: limits.files, size: sizeName(limits.bytes, language) })
}

interface RefusalsProps extends Words {
  list: readonly Refusal[]
  limits: Limits
  tray: Tray
  left(): unknown
}

function Refusals({ list, limits, tray, left, ...words }: RefusalsProps): JSX.Element {
  // Said once: that there are too many is the same for all of them.
  const texts = [...new Set(list.map((r) => refusalText(r, limits, words)))]
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => box.current?.scrollIntoView({ block: 'nearest' }), [list])
  return (
    <div ref={box} class="att-refused" role="alert">
      <Icon name="alert" size={16} />
      <div>
        {texts.map((text) => (
          <p key={text}>{text}</p>
        ))}
      </div>
      <button
        type="button"
        class="att-x"
        aria-label={words.t('close')}
        onClick={() => {
          tray.dismiss()
          left()
        }}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  )
}

interface CardProps extends Words {
  item: Item
  tray: Tray
  uploads: Uploads
  left(): unknown
}

function Card({ item, tray, uploads, left, ...words }: CardProps): JSX.Element {
  const { t } = words
  const { file, state } = item
  const bad = state === 'failed' || state === 'refused'
  const name = shownName(file.name)
  const picture = isPicture(file.type)
  return (
    <li class={bad ? 'att-card bad' : 'att-card'}>
      {picture ? <Thumb item={item} tray={tray} /> : <FileMark />}
      <div class="att-what">
        <p class="att-name" title={name}>
          <bdi>{name}</bdi>
        </p>
        <Fact item={item} uploads={uploads} {...words} />
      </div>
      {state === 'failed' && (
        <button
          type="button"
          class="att-x"
          aria-label={`${t('state.retry')}: ${name}`}
          onClick={() => tray.retry(file.key)}
        >
          <Mark name="retry" size={18} />
        </button>
      )}
      <button
        type="button"
        class="att-x"
        aria-label={t('file.remove', { name: isolated(file.name) })}
        onClick={() => {
          tray.remove(file.key)
          left()
        }}
      >
        <Icon name="close" size={18} />
      </button>
      {picture && state !== 'refused' && (
        <input
          type="text"
          class="att-alt"
          maxLength={longestAlt}
          autoComplete="off"
          aria-label={`${t('file.alt')}: ${name}`}
          placeholder={t('file.alt')}
          defaultValue={file.alt ?? ''}
          dir="auto"
          onInput={(e) => tray.describe(file.key, e.currentTarget.value)}
          onChange={() => tray.keep(file.key)}
          // Enter would send a line that is perhaps not finished: it leads to the box.
          onKeyDown={(e) => {
            if (e.key !== 'Enter' || e.isComposing) return
            e.preventDefault()
            left()
          }}
        />
      )}
    </li>
  )
}

/** Code points of a description. */
const longestAlt = 300

/** The size, and where the file stands. */
function Fact({ item, uploads, ...words }: Words & { item: Item; uploads: Uploads }): JSX.Element {
  const { file, state } = item
  const { t, language } = words
  const size = sizeName(file.size, language)
  if (state === 'failed' || state === 'refused')
    return (
      <p class="att-fact" role="alert">
        <span class="spoken">{shownName(file.name)}: </span>
        {state === 'failed' ? t('flag.failed') : unwanted(item, words)}
      </p>
    )
  if (state !== 'uploading')
    return <p class="att-fact">{state === 'waiting' ? `${size} · ${t('state.waiting')}` : size}</p>
  const part = uploads.parts.value.get(file.key) ?? 0
  return (
    <p class="att-fact">
      {size} · {percent(part, language)}
      <progress max={1} value={part} aria-label={shownName(file.name)} />
    </p>
  )
}

function unwanted({ error }: Item, { t, quoting }: Words): string {
  if (quoting && error?.message) return error.message
  // By its name and its type it could have been sent, or it had not come so far: it is its bytes that nobody can read.
  return t(error?.code === 'type' ? 'file.broken' : 'file.unwanted')
}

/** The picture itself, from this device. */
function Thumb({ item, tray }: { item: Item; tray: Tray }): JSX.Element {
  const url = useLocal(item.file.blob)
  const broken = useSignal(false)
  if (broken.value) return <FileMark />
  return (
    <img
      class="att-mark"
      src={url}
      alt=""
      onError={() => {
        broken.value = true
      }}
      onLoad={(e) => tray.measure(item.file.key, e.currentTarget.naturalWidth, e.currentTarget.naturalHeight)}
    />
  )
}

/** An address of what is on this device, for as long as it is shown. */
export function useLocal(blob: Blob): string {
  const url = useMemo(() => URL.createObjectURL(blob), [blob])
  useEffect(() => () => URL.revokeObjectURL(url), [url])
  return url
}

export function FileMark(): JSX.Element {
  return (
    <span class="att-mark att-icon" aria-hidden="true">
      <Mark name="file" size={22} />
    </span>
  )
}

// The frame of the console: what stands where, and which page is shown.
import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { alerts } from '../alert/alert'
import { waitingFor } from '../alert/news'
import { Looked } from '../attach/views'
import { Inbox } from '../inbox/inbox'
import { listen } from '../keys/run'
import { OwnMenu } from '../menu/menu'
import { tellFront } from '../team/front'
import { Thread } from '../thread/thread'
import { Icon, type IconName } from '../ui/icons'
import { Mark } from '../ui/logo'
import { ConnectionBar, NoticeLine } from './bar'
import { type Desk, DeskProvider, useDesk } from './desk'
import {
  Context,
  Glossary,
  KeysHelp,
  Login,
  Memory,
  OnTheWay,
  Palette,
  Profile,
  parts,
  Replies,
  SearchPanel,
} from './parts'
import { type PlaceName, pathOf, placeNames } from './places'
import { route } from './route'
import { speakTo } from './tongue'
import { t } from './words'

export function App({ desk }: { desk: Desk }): JSX.Element {
  return (
    <DeskProvider value={desk}>
      <Root />
    </DeskProvider>
  )
}

function Root(): JSX.Element {
  const desk = useDesk()
  const access = desk.line.access.value
  useEffect(() => desk.settings.paint(document.documentElement), [desk])
  useEffect(() => speakTo(desk, document.documentElement), [desk])
  useEffect(() => listen(desk), [desk])
  useEffect(() => alerts(desk), [desk])
  useEffect(() => tellFront(desk), [desk])
  useEffect(() => route(desk), [desk])
  if (access === 'login') return <WayIn />
  // Until the first answer nobody knows whether a login is needed: say what goes on, show nothing that could be wrong.
  if (!desk.hello.value) return <Opening />
  return <Console />
}

/** Who is in needs no form to come in. */
function WayIn(): JSX.Element {
  return (
    <>
      {!Login.part.module.value && <Opening />}
      <Login />
      <Missing />
    </>
  )
}

function Opening(): JSX.Element {
  return (
    <main class="opening">
      <Mark size={40} />
      <p>{t('opening')}</p>
      <ConnectionBar />
    </main>
  )
}

function Console(): JSX.Element {
  const desk = useDesk()
  const dialog = desk.dialog.value
  // The first rows come before what nobody has asked for yet: on a slow line they share it.
  const listed = desk.inbox.state.value !== 'loading'
  useEffect(() => {
    if (listed) void parts.prepare()
  }, [listed])
  const place = desk.place.value
  const context = useComputed(() => {
    const id = desk.current.value
    if (desk.place.value || !desk.contextShown.value || id === undefined) return false
    // Its room is there while the conversation is on its way, and not beside one that is not here.
    return desk.row(id) !== undefined || desk.chats.loadingOf(id).value !== 'failed'
  }).value
  return (
    <div class="app" data-pane={place ? 'list' : desk.pane.value} data-context={context ? 'open' : 'shut'}>
      <ConnectionBar />
      <div class="panes">
        <Rail />
        <main class="work">
          <h1 class="spoken">{place ? `${t(`key.${place.name}`)} · Dragoman` : t('title')}</h1>
          {place ? (
            <Page name={place.name} />
          ) : (
            <>
              <Inbox />
              <Thread />
              {context && <Context />}
            </>
          )}
        </main>
      </div>
      <Missing />
      <NoticeLine />
      {dialog === 'palette' && <Palette />}
      {dialog === 'keys' && <KeysHelp />}
      {dialog === 'search' && <SearchPanel />}
      <Looked />
      <OnTheWay />
    </div>
  )
}

function Page({ name }: { name: PlaceName }): JSX.Element {
  if (name === 'profile') return <Profile />
  if (name === 'canned') return <Replies />
  return name === 'glossary' ? <Glossary /> : <Memory />
}

/** What was asked for could not be fetched. The rest of the page goes on. */
function Missing(): JSX.Element | null {
  if (!parts.missing.value) return null
  return (
    <div class="bar" role="status">
      <p>{t('part.failed')}</p>
      <button type="button" onClick={() => parts.again()}>
        {t('again')}
      </button>
    </div>
  )
}

function Rail(): JSX.Element {
  const desk = useDesk()
  const sound = desk.settings.sound
  const on = sound.value === 'on'
  const away = desk.place.value !== undefined && desk.line.online.value
  // Of those who waited before it was opened the chosen list need not have all.
  useEffect(() => {
    if (away)
      desk.inbox.waiting().then(
        (rows) => desk.told(rows),
        () => {}, // The connection is gone: they are asked for again with the next one.
      )
  }, [away])
  // In the inbox itself its rows say it.
  const waiting = useComputed(() =>
    desk.place.value ? waitingFor(desk.rows.value.values(), desk.myId.value) : 0,
  ).value
  return (
    <nav class="rail" aria-label={t('rail')}>
      <span class="rail-logo">
        <Mark />
      </span>
      <RailLink
        href="/agent/"
        icon="inbox"
        text={t('inbox.title')}
        keys="G I"
        here={!desk.place.value}
        go={() => desk.goInbox()}
        waiting={waiting}
      />
      {inRail.map((name) => (
        <RailLink
          key={name}
          href={pathOf({ name })}
          icon={placeIcons[name]}
          text={t(`key.${name}`)}
          keys={`G ${name.charAt(0).toUpperCase()}`}
          here={desk.place.value?.name === name}
          go={() => desk.go(name)}
        />
      ))}
      <span class="grow" />
      <button
        type="button"
        class="rail-item"
        aria-label={t('search.title')}
        title={t('search.open')}
        onClick={() => (desk.dialog.value = 'search')}
      >
        <Icon name="search" size={22} />
      </button>
      <button
        type="button"
        class="rail-item roomy"
        aria-label={t('palette.name')}
        title={t('palette.title')}
        onClick={() => (desk.dialog.value = 'palette')}
      >
        <Icon name="to" size={22} />
      </button>
      <button
        type="button"
        class="rail-item"
        aria-pressed={on}
        aria-label={t('own.sound')}
        title={t(on ? 'sound.on' : 'sound.off')}
        onClick={() => (sound.value = on ? 'off' : 'on')}
      >
        <Icon name={on ? 'sound' : 'mute'} size={22} />
      </button>
      <button
        type="button"
        class="rail-item roomy"
        aria-label={t('keys.title')}
        title={t('keys.open')}
        onClick={() => (desk.dialog.value = 'keys')}
      >
        <Icon name="keyboard" size={22} />
      </button>
      <OwnMenu />
    </nav>
  )
}

/** The profile is opened from the own menu. */
const inRail = placeNames.filter((name) => name !== 'profile')

const placeIcons: Record<(typeof inRail)[number], IconName> = { canned: 'bolt', glossary: 'book', memory: 'stack' }

interface RailLinkProps {
  href: string
  icon: IconName
  text: string
  keys: string
  here: boolean
  go: () => void
  /** How many wait there. */
  waiting?: number
}

/** A link, so that it opens in another tab as links do. */
function RailLink({ href, icon, text, keys, here, go, waiting = 0 }: RailLinkProps): JSX.Element {
  return (
    <a
      href={href}
      class="rail-item"
      {...(here && { 'aria-current': 'page' as const })}
      title={`${text} (${keys})`}
      onClick={(e) => {
        if (e.ctrlKey || e.metaKey || e.shiftKey) return
        e.preventDefault()
        go()
      }}
    >
      <Icon name={icon} size={22} />
      <span class="spoken">{text}</span>
      {waiting > 0 && (
        <span class="badge">
          <span class="spoken">{t('rail.waiting')} </span>
          {t('count', { n: waiting })}
        </span>
      )}
    </a>
  )
}

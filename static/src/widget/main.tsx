// The page in the iframe, and under /chat/KEY on its own.
import { effect, signal } from '@preact/signals'
import { render } from 'preact'
import { isPicture } from '../shared/attach/box'
import { duration } from '../shared/i18n'
import { Tabs } from '../shared/tabs'
import { App, AppProvider, offerLine } from './app'
import { Host } from './host'
import { Keep } from './keep'
import { paint } from './look'
import { factsPart, habits, Log, parts } from './parts'
import { reading } from './reading'
import { Screen } from './screen'
import { readSettings } from './settings'
import { canSound, chime } from './sound'
import { Talk } from './talk'
import { watch } from './watch'
import { languageOf } from './who'

const settings = readSettings()
const keep = new Keep(settings.site.key)
const talk = new Talk(settings, keep)
const host = new Host()
const app = new App(settings, talk, keep, host)
const tabs = new Tabs(`dragoman.tabs.${settings.site.key}`)

// While the session is asked for, so that nobody who comes back waits for it.
if (talk.acted) void Log.part.load()
if (settings.site.look.color) paint(settings.site.look.color)
app.attach.listen()
// What was to be sent before the page was loaded anew lies there again.
if (keep.get('files')) app.attach.soon()
render(
  <AppProvider value={app}>
    <Screen />
  </AppProvider>,
  document.body,
)

const visible = () => app.open.value && document.visibilityState === 'visible'

talk.onMessage = (m) => {
  const { text, language } = reading(m, talk.language.value)
  const [file] = m.attachments
  const said = text || (file && isPicture(file.type) ? app.t.peek()('file.picture') : (file?.name ?? ''))
  host.tell({ type: 'message', detail: { text: said, language, from: m.author.name, at: m.at } })
  void sound(m.id)
}

/** One tab sounds, and none if the line is seen in one of them. */
async function sound(id: string): Promise<void> {
  const seen = visible()
  if (!seen && !(app.sound.value && canSound())) return
  if ((await tabs.claim(id, seen)) && !seen) chime()
}

tabs.onReset = () => {
  app.fillDraft('')
  void app.attach.reset()
  void talk.forget()
}
app.onChosen = (language) => tabs.language(language)
tabs.onLanguage = (language) => app.follow(language)
const unread = signal(0)
watch(talk, {
  unread(n) {
    unread.value = n
    host.tell({ type: 'unread', n })
  },
  live(live, tab) {
    host.tell({ type: 'live', live, tab })
  },
})
// The loader knows one word in every language; what else its button is called is said from here, in the language that is chosen.
effect(() => {
  const t = app.t.value
  const count = unread.value > 0 ? ` (${t('launcher.unread', { n: unread.value })})` : ''
  host.name(t('launcher.open') + count, t('launcher.close'), app.language.value)
})
talk.person.facts = () => factsPart.load()
talk.person.onRefused = () => host.tell({ type: 'identity' })
keep.onRefused = (token) => host.tell({ type: 'keep', token })
addEventListener('pagehide', () => app.saveDraft())

const here = () => ({ url: location.href.split('#')[0]!, title: document.title })

function openPanel(): void {
  app.open.value = true
  app.saveDraft()
  void talk.begin()
  app.goOn()
}

let phone = false

/** Once: whether the panel is a phone's screen right now the part looks for itself. */
async function asOnPhones(): Promise<void> {
  const here = await habits.load()
  if (!here || phone) return
  phone = true
  here.default(app)
}

if (settings.hosted) {
  talk.person.page = here()
  openPanel()
} else {
  host.listen(settings.origins, (m) => {
    switch (m.type) {
      case 'init':
        app.touch = m.touch
        talk.person.page = m.page
        talk.person.hear(m.said)
        if (m.color) paint(m.color)
        if (m.token && !keep.lent(m.token)) host.tell({ type: 'keep', token: null })
        // Somebody who was here before gets the socket before the panel is open, for the badge and for what he has written.
        if (talk.acted) void talk.begin()
        // What the page remembers of a talk is of somebody who is not here any more.
        else for (const tab of [true, false]) host.tell({ type: 'live', live: false, tab })
        break
      case 'open':
        app.phone.value = m.phone
        if (m.phone) void asOnPhones()
        openPanel()
        break
      case 'close':
        app.open.value = false
        app.sheet.value = 'none'
        break
      case 'page':
        talk.person.moved(m.page)
        break
      case 'said':
        talk.person.hear(m.said)
        break
      case 'language': {
        const tag = languageOf(m.language, talk.person.warn)
        if (tag) void app.speak(tag)
        break
      }
      case 'draft':
        app.fillDraft(m.text)
        break
      case 'reset':
        app.fillDraft('')
        void app.attach.reset()
        void talk.reset().then(() => {
          tabs.reset()
          return app.open.value ? talk.begin() : undefined
        })
        break
    }
  })
}

// What may be wanted next is fetched once the talk is up, so that a click on the menu does not wait, and the first screen does not wait for that.
let prepared = false
effect(() => {
  if (prepared || talk.link.value !== 'connected' || !app.open.value) return
  prepared = true
  void parts.prepare()
})

// A part that does not come is said once.
effect(() => {
  if (parts.missing.value) app.spoken.value = app.t.peek()('part.failed')
})

// Escape closes what is open, the innermost first.
addEventListener('keydown', (e) => {
  if (e.key !== 'Escape' || e.isComposing || e.defaultPrevented) return
  if (app.sheet.value !== 'none') app.sheet.value = 'none'
  else if (!settings.hosted) app.close()
})

// That we have to wait is said once, with how long, and neither every second nor for every line.
let waiting = ''
effect(() => {
  const held = talk.held.value
  if (held && !waiting) {
    waiting = app.t.peek()(`bar.${held.what}`, { time: duration(held.until - Date.now(), app.language.peek()) })
    app.spoken.value = waiting
  } else if (!held && waiting) {
    if (app.spoken.peek() === waiting) app.spoken.value = ''
    waiting = ''
  }
})

// That the language has changed unasked is said once.
effect(() => {
  const o = app.offered.value
  if (o) app.spoken.value = offerLine(o).replaceAll('*', '')
})

effect(() => {
  if (talk.person.refused.value) app.spoken.value = app.t.peek()('identity.refused')
})

// The loss of the connection is said once, and once that it is back.
let away = false
effect(() => {
  const t = app.t.value
  if (talk.link.value === 'away') {
    away = true
    app.spoken.value = t('bar.lost')
  } else if (talk.link.value === 'connected' && away) {
    away = false
    app.spoken.value = t('bar.back')
  }
})

// What an agent does to a conversation. Each answers whether it was done; if not, the reader has been told why.
import { batch } from '@preact/signals'
import { CallError } from '../../shared/client'
import type { LineFile } from '../../shared/outbox'
import type { AgentStatus, CallMap, Colleague, Reviewed, SetState, StateBefore, StateOK } from '../../shared/wire.gen'
import { successor } from '../inbox/order'
import { nameWithin } from '../ui/marks'
import type { Desk } from './desk'
import { moment } from './times'
import { t } from './words'

/** The calls that are answered with the conversation's row. */
type RowCall = 'take' | 'assign' | 'invite' | 'leave' | 'tag'

export class Actions {
  /** Conversations that this agent has made his own, or himself a part of: nobody needs to call him for those. */
  readonly own = new Set<string>()

  constructor(private readonly desk: Desk) {}

  take(id: string): Promise<boolean> {
    return this.mine(id, async () => {
      await this.rowCall('take', { conversation: id })
      this.desk.pins.add(id)
    })
  }

  assign(id: string, agent: string | null): Promise<boolean> {
    const act = () => this.rowCall('assign', { conversation: id, agent })
    return agent === this.desk.myId.peek() ? this.mine(id, act) : this.change(act)
  }

  /** Gives it to a colleague, with what he is to know; the same key makes a second try of the same note harmless. */
  async give(id: string, to: Colleague, note: string, key: string): Promise<boolean> {
    const done = await this.change(() =>
      this.rowCall('assign', { conversation: id, agent: to.id, ...(note && { note, key }) }),
    )
    if (!done) return false
    this.desk.pins.remove(id)
    this.desk.notices.say(t('assign.done', { name: to.name }))
    return true
  }

  /** Adds a colleague, who is called by what he is to know. */
  async invite(id: string, who: Colleague, note: string): Promise<boolean> {
    const done = await this.change(() => this.rowCall('invite', { conversation: id, agent: who.id }))
    if (!done) return false
    if (note) this.send(id, { text: note, note: true, language: this.desk.language.peek(), calls: [who.id] })
    this.desk.notices.say(t('invited.done', { name: who.name }))
    return true
  }

  leave(id: string): Promise<boolean> {
    return this.change(async () => {
      await this.rowCall('leave', { conversation: id })
      this.desk.pins.remove(id)
    })
  }

  setStatus(to: AgentStatus): Promise<boolean> {
    return this.change(async () => this.desk.roster.set(await this.desk.client.call('status', to)))
  }

  async resolve(id: string): Promise<boolean> {
    const next = successor(this.desk.inbox.shown.peek().ids, id)
    const way = this.moves(id) ? this.desk.setOut() : undefined
    const done = await this.end(id)
    if (done && way && this.desk.underWay.peek() === way) {
      way.to = next
      this.moveOn(next)
    }
    this.desk.arrive(way)
    return done
  }

  /** Whether an agent who ends a conversation goes on to the next: not from among those that have ended. */
  private moves(id: string): boolean {
    return this.desk.current.peek() === id && this.desk.settings.filters.peek().state !== 'resolved'
  }

  private moveOn(next: string | undefined): void {
    if (next) this.desk.open(next)
    else this.desk.leave()
  }

  /** Resolves a conversation, and says so. */
  end(id: string): Promise<boolean> {
    return this.change(async () => {
      const name = this.nameOf(id)
      await this.putAway(
        { conversation: id, state: 'resolved' },
        name ? t('resolved.name', { name }) : t('resolved.one'),
      )
    }, id)
  }

  reopen(id: string): Promise<boolean> {
    return this.change(() => this.setState({ conversation: id, state: 'open' }))
  }

  snooze(id: string, until: Date): Promise<boolean> {
    const at = until.toISOString()
    return this.change(() =>
      this.putAway(
        { conversation: id, state: 'snoozed', until: at },
        t('snoozed.until', { time: moment(at, this.desk.now.peek()) }),
      ),
    )
  }

  /** One key puts a conversation out of sight, and is easily hit: what is said of it brings back what was, and whoever asks for that to it. */
  private async putAway(fields: SetState, said: string): Promise<void> {
    const ok = await this.setState(fields)
    const place = this.desk.pins.remove(ok.id)
    this.desk.notices.done(said, ok.was && (() => void this.takeBack(ok, place)))
  }

  /** What the conversation was before it was put away, unless anybody has changed it since. A sleep that would be over by now is. */
  private async takeBack({ id, rev, was }: StateOK, place: number): Promise<void> {
    const over = was?.until !== undefined && Date.parse(was.until) <= this.desk.client.now()
    const before: StateBefore = was && !over ? was : { state: 'open' }
    const done = await this.change(() => unlessOther(this.setState({ conversation: id, ...before, rev })), id)
    if (!done) return
    this.desk.pins.putBack(id, place)
    this.desk.open(id)
  }

  /** Puts tags on and takes others off. */
  tag(id: string, add: string[], remove: string[]): Promise<boolean> {
    return this.change(() => this.rowCall('tag', { conversation: id, add, remove }))
  }

  visitorLanguage(id: string, language: string): Promise<boolean> {
    return this.change(async () => void (await this.desk.client.call('language', { conversation: id, language })))
  }

  async setLanguages(languages: string[]): Promise<void> {
    const before = { all: this.desk.languages.peek(), first: this.desk.language.peek() }
    batch(() => {
      this.desk.languages.value = languages
      this.desk.language.value = languages[0] ?? 'en'
    })
    const done = await this.change(async () => void (await this.desk.client.call('language', { languages })))
    if (done) return
    batch(() => {
      this.desk.languages.value = before.all
      this.desk.language.value = before.first
    })
  }

  translateAgain(id: string, seq: number, language: string): Promise<boolean> {
    return this.change(async () => {
      const line = await this.desk.client.call('translate', { conversation: id, seq, language })
      this.desk.chats.upsert(id, line)
      if (line.translations[language]?.flagged) this.desk.notices.say(t('again.same'))
    })
  }

  /** A person's text for what stands in this language, for every reader. */
  async correct(id: string, seq: number, language: string, text: string): Promise<boolean> {
    return this.change(async () => {
      const line = await this.desk.client.call('correct', { conversation: id, seq, language, text })
      this.desk.chats.upsert(id, line)
      const was = line.translations[language]?.was
      this.desk.notices.done(t('corrected'), was && (() => void this.uncorrect(id, seq, language, text)))
      this.desk.corrected.value = {
        conversation: id,
        seq,
        from: line.language,
        into: language,
        original: line.text,
        before: was?.text ?? '',
        after: text,
      }
    })
  }

  /** What stood there before this correction stands there again, unless a colleague has corrected the line since. */
  async uncorrect(id: string, seq: number, language: string, text: string): Promise<void> {
    const done = await this.change(async () => {
      const undone = this.desk.client.call('correct', { conversation: id, seq, language, text, undo: true })
      this.desk.chats.upsert(id, await unlessOther(undone))
    })
    this.desk.corrected.value = undefined
    if (done) this.desk.notices.say(t('uncorrected'))
  }

  /** The line is shown and kept at once; it goes out as soon as there is a connection. Returns its key. */
  send(
    id: string,
    line: {
      text: string
      note: boolean
      language: string
      reviewed?: Reviewed
      /** Ids of colleagues whom a note calls. */
      calls?: readonly string[]
      files?: readonly LineFile[]
      /** It waits so long, unless it is released before. */
      heldMs?: number
      /** It is the last word. */
      resolves?: true
    },
  ): string | undefined {
    const { text, note, language, reviewed, calls, files, heldMs, resolves } = line
    const key = this.desk.sending.add({
      conversation: id,
      text,
      language,
      ...(note && { note }),
      ...(reviewed && { reviewed }),
      ...(note && calls?.length && { calls }),
      ...(files?.length && { files }),
      ...(resolves && { resolves }),
      ...(heldMs && { held: Date.now() + heldMs }),
    })
    if (!note) {
      this.desk.pins.add(id)
      if (!this.desk.rows.peek().get(id)?.assignee) this.own.add(id)
    }
    this.desk.inbox.release()
    return key
  }

  /**
   * Sends, and ends the conversation once the line is stored: it would be odd if the end stood before the last word. The agent waits for neither and goes on to
   * the next conversation, and the end comes even if the page is another one by then; what was refused is told with a way back. Returns the line's key.
   */
  sendAndResolve(id: string, line: Parameters<Actions['send']>[1]): string | undefined {
    const next = successor(this.desk.inbox.shown.peek().ids, id)
    const key = this.send(id, { ...line, resolves: true })
    if (!key) return undefined
    if (this.moves(id)) this.moveOn(next)
    void this.desk.sending.stored(key).then((stored) => {
      if (stored !== false) return
      this.failed(t('out.failed', { reason: this.nameOf(id) }), id)
    })
    return key
  }

  /** The customer's name within a sentence; empty where there is no row. */
  private nameOf(id: string): string {
    const row = this.desk.rows.peek().get(id)
    return row ? nameWithin(row) : ''
  }

  /** Tells what was not done, with a way back to the conversation if another one is open by now. */
  private failed(text: string, id?: string): void {
    const back = { text: t('flag.show'), run: () => this.desk.open(id, 'click') }
    this.desk.notices.say(text, 'error', id !== undefined && this.desk.current.peek() !== id ? back : undefined)
  }

  /** Tells how far this agent has read; the answer comes as an event. */
  read(id: string, seq: number): void {
    this.desk.client.call('read', { conversation: id, seq }).catch(() => {})
  }

  /** Makes a conversation one's own. */
  private async mine(id: string, act: () => Promise<void>): Promise<boolean> {
    this.own.add(id)
    const done = await this.change(act)
    if (!done) this.own.delete(id)
    return done
  }

  /** Calls what is answered with the conversation's row. */
  private async rowCall<C extends RowCall>(call: C, fields: CallMap[C]['call']): Promise<void> {
    this.desk.told([await this.desk.client.call(call, fields)])
  }

  /** Changes the state, and answers what it was. */
  private async setState(fields: SetState): Promise<StateOK> {
    const ok = await this.desk.client.call('state', fields)
    const { was: _, ...row } = ok
    this.desk.told([row])
    return ok
  }

  /** id: the conversation that it is about, which may not be open any more. */
  private async change(act: () => Promise<unknown>, id?: string): Promise<boolean> {
    try {
      await act()
      this.desk.inbox.release()
      return true
    } catch (err) {
      this.failed(reason(err), id)
      return false
    }
  }
}

/** Awaits something that is taken back: a conflict means that somebody else has changed it since, and that it stays. */
async function unlessOther<T>(undone: Promise<T>): Promise<T> {
  try {
    return await undone
  } catch (err) {
    if (!(err instanceof CallError) || err.code !== 'conflict') throw err
    throw new CallError('conflict', t('undo.other'))
  }
}

/** What to tell a person about a call that was not answered with ok: the server's own sentence where it gave one. */
export function reason(err: unknown): string {
  if (!(err instanceof CallError)) return t('error.unknown')
  if (err.code === 'disconnected' || err.code === 'timeout') return t('error.offline')
  if (err.code === 'rate') return t('error.rate', { n: Math.max(1, err.retryAfterS) })
  return err.trace ? t('error.trace', { message: err.message, trace: err.trace }) : err.message
}

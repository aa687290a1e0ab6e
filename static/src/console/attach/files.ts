// The agent's files: what lies beside each box, what is on its way, and which picture is looked at.
import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { Drafted } from '../../shared/attach/drafted'
import { Gallery } from '../../shared/attach/gallery'
import { type Limits, limitsOf, percent } from '../../shared/attach/rules'
import { transfer } from '../../shared/attach/transfer'
import { Tray } from '../../shared/attach/tray'
import type { Words } from '../../shared/attach/tray_view'
import { Uploads } from '../../shared/attach/uploads'
import type { Client } from '../../shared/client'
import type { Translate } from '../../shared/i18n'
import type { Line, LineFile } from '../../shared/outbox'
import { openShelf } from '../../shared/shelf'
import type { HelloOK } from '../../shared/wire.gen'
import { locale, t } from '../app/words'

export class Files {
  get words(): Words {
    return { t: t as Translate, language: locale(), quoting: true }
  }

  readonly uploads: Uploads
  readonly gallery: Gallery
  /** The picture that is looked at. */
  readonly looked: Signal<{ conversation: string; id: string } | undefined> = signal(undefined)
  private readonly trays = new Map<string, Tray>()
  private stops: Array<() => void> = []
  private drafted = new Drafted('', openShelf())

  /** say tells those who look and those who listen. */
  constructor(
    client: Client,
    private readonly online: ReadonlySignal<boolean>,
    private readonly hello: ReadonlySignal<HelloOK | undefined>,
    private readonly say: (text: string) => void,
  ) {
    this.gallery = new Gallery(async (conversation, seq) => {
      const { messages } = await client.call('history', { conversation, before: seq + 1, limit: 1 })
      return messages.find((m) => m.seq === seq)
    })
    this.uploads = new Uploads(({ blob, name }, conversation, progress, signal) =>
      transfer({ url: '/agent/v1/upload', fields: { conversation }, file: blob, name, progress, signal }),
    )
  }

  /** Somebody is in: his files of before the reload, and nobody else's. */
  begin(agent: string): void {
    for (const stop of this.stops) stop()
    this.stops = []
    this.trays.clear()
    this.gallery.clear()
    this.drafted = new Drafted(`agent:${agent}`, openShelf())
  }

  get limits(): Limits {
    return limitsOf(this.hello.value?.uploads)
  }

  /** What lies beside the box of a conversation: that for colleagues is not that for the customer. */
  tray(conversation: string, note: boolean): Tray {
    const place = note ? `${conversation} note` : conversation
    const there = this.trays.get(place)
    if (there) return there
    const { uploads, drafted } = this
    const keep = drafted.of(place)
    const tray = new Tray({
      uploads,
      conversation,
      limits: () => this.limits,
      keep,
      ready: () => this.say(t('file.ready')),
    })
    this.trays.set(place, tray)
    this.stops.push(effect(() => tray.online(this.online.value)))
    return tray
  }

  /** Uploads what a line needs. */
  upload(line: Line): Promise<LineFile[]> {
    return this.uploads.all(line.files ?? [], line.conversation)
  }

  forget(files: readonly LineFile[]): void {
    this.uploads.forget(files.map((f) => f.key))
  }

  /** How far the files of a line are, as people say it; empty if they are there. */
  progress(line: Line): string {
    return line.files?.some((f) => !f.id) ? percent(this.uploads.partOf(line.files), locale()) : ''
  }
}

// The visitor's files: what lies beside the box, what is on its way, and how the log shows them.
import { effect } from '@preact/signals'
import looks from '../../shared/attach/attach.css'
import { Drafted } from '../../shared/attach/drafted'
import { Gallery } from '../../shared/attach/gallery'
import { type Limits, limitsOf, percent } from '../../shared/attach/rules'
import { transfer } from '../../shared/attach/transfer'
import { Tray } from '../../shared/attach/tray'
import { Uploads } from '../../shared/attach/uploads'
import { CallError } from '../../shared/client'
import type { Line, LineFile } from '../../shared/outbox'
import { wear } from '../../shared/parts'
import { openShelf } from '../../shared/shelf'
import type { App } from '../app'
import { Drop, FilesInLog, Large, TrayOfBox } from './views'

wear(looks)

export class Files {
  readonly uploads: Uploads
  readonly tray: Tray
  readonly gallery: Gallery
  readonly views = { Tray: TrayOfBox, Log: FilesInLog, Large, Drop }

  constructor(private readonly app: App) {
    const { talk, keep, settings } = app
    this.gallery = new Gallery((conversation, seq) => talk.row(conversation, seq))
    this.uploads = new Uploads(({ blob, name }, _, progress, signal) => {
      const token = keep.get('token')
      // There is no session yet, or no more. The next connection brings one.
      if (!token) return Promise.reject(new CallError('unavailable', 'There is no session.'))
      return transfer({ url: '/widget/v1/upload', fields: { token }, file: blob, name, progress, signal })
    })
    this.tray = new Tray({
      uploads: this.uploads,
      conversation: '',
      limits: () => this.limits,
      keep: new Drafted(settings.site.key, openShelf()).of('', (any) => {
        if (any) keep.set('files', 'on')
        else keep.remove('files')
      }),
      ready: () => {
        app.spoken.value = app.t.peek()('file.ready')
      },
    })
    effect(() => this.tray.online(talk.link.value === 'connected'))
    // What is said once is heard again only if something else stood there.
    effect(() => {
      const under = this.tray.items.value.some((i) => i.state === 'uploading')
      if (under && app.spoken.peek() === app.t.peek()('file.ready')) app.spoken.value = ''
    })
  }

  get limits(): Limits {
    return limitsOf(this.app.talk.uploads.value)
  }

  /** Uploads what a line needs. */
  upload(line: Line): Promise<LineFile[]> {
    return this.uploads.all(line.files ?? [], line.conversation)
  }

  /** How far the files of a line are, as people say it; empty if they are there. */
  progress(line: Line): string {
    if (!line.files?.some((f) => !f.id)) return ''
    return percent(this.uploads.partOf(line.files), this.app.language.value)
  }

  /** The visitor is another: nothing of his files stays. */
  reset(): void {
    this.tray.clear()
    this.gallery.clear()
  }
}

// Files as the widget shows them: beside the box, in its lines, and large.
import type { JSX } from 'preact'
import { Files } from '../../shared/attach/shown'
import { TrayView } from '../../shared/attach/tray_view'
import { Viewer } from '../../shared/attach/viewer'
import { Icon } from '../../shared/icons'
import { type App, useApp } from '../app'
import type { AttachedProps } from '../attached'

const words = ({ t, language }: App) => ({ t: t.value, language: language.value })

export function TrayOfBox(): JSX.Element | null {
  const app = useApp()
  const files = app.attach.files.value
  if (!files) return null
  const { tray, uploads, limits } = files
  const left = () => app.touch || app.focus()
  return <TrayView tray={tray} uploads={uploads} limits={limits} left={left} {...words(app)} />
}

/** One component for what is on its way and what is stored, so that a picture stays where it is when the server has it. */
export function FilesInLog({ line, of }: AttachedProps): JSX.Element {
  const app = useApp()
  const here = app.attach.files.value!
  const { gallery } = here
  const shown = of ? gallery.of(of.message) : (line?.files ?? []).map((f) => gallery.local(f))
  const renew = async () => (of ? gallery.renew(of.conversation, of.message.seq) : [])
  return <Files files={shown} open={(id) => app.look(id)} renew={renew} {...words(app)} />
}

/** Seen while something is dragged over the page. Who does not look has the button. */
export function Drop(): JSX.Element {
  const { t } = useApp()
  return (
    <div class="drop" aria-hidden="true">
      <Icon name="attach" size={28} />
      {t.value('file.drop')}
    </div>
  )
}

export function Large({ first }: { first: string }): JSX.Element | null {
  const app = useApp()
  const { rooms, lines } = app.talk
  const pictures = app.attach.files.value!.gallery.pictures(rooms.value, lines.value)
  return <Viewer pictures={pictures} first={first} close={() => app.look()} {...words(app)} />
}

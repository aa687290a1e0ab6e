// Files as the console shows them: beside a box, in a thread, and large.
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { isPicture } from '../../shared/attach/box'
import { AttachButton } from '../../shared/attach/button'
import { isolated } from '../../shared/attach/rules'
import { Files } from '../../shared/attach/shown'
import { TrayView } from '../../shared/attach/tray_view'
import { Viewer } from '../../shared/attach/viewer'
import type { Line } from '../../shared/outbox'
import type { Message } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { Icon } from '../ui/icons'

/** What stands for a line without words, in lists and notifications. */
export function filesText({ attachments }: Message): string {
  const [first] = attachments
  if (!first) return ''
  return isPicture(first.type) ? t('file.picture') : t('file.named', { name: isolated(first.name) })
}

export function Attach({ id, note }: { id: string; note: boolean }): JSX.Element {
  const desk = useDesk()
  return (
    <AttachButton
      class="icon-button attach"
      label={t('file.add')}
      add={(files) => desk.files.tray(id, note).add(files)}
    >
      <Icon name="attach" />
    </AttachButton>
  )
}

export function TrayOfBox({ id, note, left }: { id: string; note: boolean; left: () => void }): JSX.Element {
  const { files } = useDesk()
  const { uploads, limits, words } = files
  return <TrayView tray={files.tray(id, note)} uploads={uploads} limits={limits} left={left} {...words} />
}

export function FilesOfMessage({ id, line }: { id: string; line: Message }): JSX.Element | null {
  const { files } = useDesk()
  const { gallery, looked, words } = files
  const shown = gallery.of(line)
  if (shown.length === 0) return null
  const open = (file: string) => (looked.value = { conversation: id, id: file })
  return <Files files={shown} open={open} renew={() => gallery.renew(id, line.seq)} {...words} />
}

export function FilesOfLine({ line }: { line: Line }): JSX.Element | null {
  const { files } = useDesk()
  const { gallery, looked, words } = files
  const shown = (line.files ?? []).map((f) => gallery.local(f))
  if (shown.length === 0) return null
  const open = (file: string) => (looked.value = { conversation: line.conversation, id: file })
  return <Files files={shown} open={open} renew={async () => []} {...words} />
}

/** The picture that is looked at, over everything. */
export function Looked(): JSX.Element | null {
  const { files, chats, sending } = useDesk()
  const looked = files.looked.value
  const pictures = useComputed(() => {
    const conversation = files.looked.value?.conversation
    if (conversation === undefined) return []
    const waiting = sending.lines.value.filter((l) => l.conversation === conversation)
    return files.gallery.pictures([chats.room(conversation).value], waiting)
  }).value
  if (!looked) return null
  return (
    <Viewer pictures={pictures} first={looked.id} close={() => (files.looked.value = undefined)} {...files.words} />
  )
}

/** Takes files that are pasted or dropped anywhere in the page for the conversation that is open. Says so while something is dragged. */
export function DropZone({ id }: { id: string }): JSX.Element | null {
  const desk = useDesk()
  const dragging = useSignal(false)
  useEffect(() => {
    const take = (files: FileList) => desk.files.tray(id, desk.drafts.of(id).peek().note).add(files)
    const paste = (e: ClipboardEvent) => {
      const data = e.clipboardData
      // What an office program copies is a text, and a picture of it.
      if (!data?.files.length || data.types.includes('text/plain')) return
      e.preventDefault()
      take(data.files)
    }
    const over = (e: DragEvent) => {
      if (!e.dataTransfer?.types.includes('Files')) return
      e.preventDefault()
      dragging.value = true
    }
    const leave = (e: DragEvent) => {
      // Out of the window, and not only from one element to the next.
      if (e.relatedTarget === null) dragging.value = false
    }
    const drop = (e: DragEvent) => {
      dragging.value = false
      if (!e.dataTransfer?.types.includes('Files')) return
      // A browser would open the file in the place of the console.
      e.preventDefault()
      take(e.dataTransfer.files)
    }
    addEventListener('paste', paste)
    addEventListener('dragover', over)
    addEventListener('dragleave', leave)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('paste', paste)
      removeEventListener('dragover', over)
      removeEventListener('dragleave', leave)
      removeEventListener('drop', drop)
    }
  }, [id])
  if (!dragging.value) return null
  return (
    <div class="drop" aria-hidden="true">
      <Icon name="attach" size={28} />
      {t('file.drop')}
    </div>
  )
}

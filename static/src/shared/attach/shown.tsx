// Files of a line in the log: pictures small, in a box that is known before they are loaded; anything else as a card to download.
import { type ReadonlySignal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Attachment } from '../wire.gen'
import { boxOf, isPicture } from './box'
import { Mark } from './marks'
import { shownName, sizeName } from './rules'
import { FileMark, type Words } from './tray_view'

/** A file as the log shows it: one that is stored, or one that is still on its way from this device. */
export interface Shown extends Attachment {
  /** It is on this device: its address does not expire. */
  local?: boolean
}

export interface ShownProps extends Words {
  files: readonly Shown[]
  /** Shows a picture large. */
  open(id: string): void
  /** Asks the server for the row once more: the addresses in it have expired. Resolves with what there is now. */
  renew(): Promise<readonly Attachment[]>
}

export function Files({ files, open, renew, ...words }: ShownProps): JSX.Element {
  return (
    <div class="att-files">
      {files.map((file, i) =>
        // By their places: a file has another id once it is stored, and is the same.
        isPicture(file.type) ? (
          <Picture key={i} file={file} open={open} renew={renew} {...words} />
        ) : (
          <Download key={i} file={file} renew={renew} {...words} />
        ),
      )}
    </div>
  )
}

interface FileProps extends Words {
  file: Shown
  renew: ShownProps['renew']
}

function Picture({ file, open, renew, ...words }: FileProps & { open: ShownProps['open'] }): JSX.Element {
  const address = useFresh(file, renew)
  if (address.lost.value) return <Download file={file} renew={renew} {...words} />
  const box = boxOf(file.width, file.height)
  const said = file.alt || shownName(file.name)
  return (
    <button
      type="button"
      class="att-pic"
      aria-haspopup="dialog"
      style={{ width: `${box.width}px`, aspectRatio: `${box.width} / ${box.height}` }}
      onClick={() => open(file.id)}
    >
      <img
        src={address.file.thumb ?? address.file.url}
        alt={said}
        title={said}
        decoding="async"
        onError={address.failed}
      />
    </button>
  )
}

/** A picture with an address that holds. One that does not load has expired, perhaps, or the network was away: a new one is asked for once. */
export function useFresh(
  file: Shown,
  renew: () => Promise<readonly Attachment[]>,
): { file: Attachment; lost: ReadonlySignal<boolean>; failed: () => void } {
  const fresh = useSignal<Attachment | undefined>(undefined)
  const lost = useSignal(false)
  const of = useSignal(file.url)
  // The row came again by itself: what is known of its old addresses counts no more.
  if (of.peek() !== file.url) {
    of.value = file.url
    fresh.value = undefined
    lost.value = false
  }
  const failed = () => {
    if (fresh.peek() || file.local) {
      lost.value = true
      return
    }
    const asked = file.url
    fresh.value = file
    renew().then(
      (files) => {
        if (of.peek() !== asked) return
        const again = files.find((f) => f.id === file.id)
        if (again) fresh.value = anew(again, asked)
        else lost.value = true
      },
      () => {
        lost.value = true
      },
    )
  }
  // With the connection the pictures come back.
  useEffect(() => {
    if (!lost.value || file.local) return
    const back = () => {
      fresh.value = undefined
      lost.value = false
    }
    addEventListener('online', back)
    return () => removeEventListener('online', back)
  }, [lost.value])
  return { file: fresh.value ?? file, lost, failed }
}

/** The same address once more: it was not that which failed. A browser loads it again only if something about it is different. */
function anew(file: Attachment, asked: string): Attachment {
  if (file.url !== asked) return file
  return { ...file, url: `${file.url}#`, ...(file.thumb && { thumb: `${file.thumb}#` }) }
}

function Download({ file, renew, language }: FileProps): JSX.Element {
  const name = shownName(file.name)
  // By the time that somebody clicks, the address may have expired, so a new one is asked for. The old one is all there is without a connection.
  const follow = async (link: HTMLAnchorElement) => {
    const again = (await renew().catch(() => [])).find((f) => f.id === file.id)
    save(again ?? file, link.ownerDocument)
  }
  return (
    <a
      class="att-file"
      href={file.url}
      download={file.name}
      onClick={(e) => {
        if (file.local || e.ctrlKey || e.metaKey || e.shiftKey) return
        e.preventDefault()
        void follow(e.currentTarget)
      }}
    >
      <FileMark />
      <span class="att-what">
        <bdi class="att-name">{name}</bdi>
        <span class="att-fact">{sizeName(file.size, language)}</span>
      </span>
      <Mark name="download" />
    </a>
  )
}

function save(file: Attachment, page: Document): void {
  const link = page.createElement('a')
  link.href = file.url
  link.download = file.name
  link.click()
}

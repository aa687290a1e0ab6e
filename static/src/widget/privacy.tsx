import type { JSX } from 'preact'
import { keyboard } from '../shared/drawings/menu'
import { Drawing, Icon } from '../shared/icons'
import { wear } from '../shared/parts'
import { useApp } from './app'
import { Dialog } from './dialog'
import looks from './privacy.css'

wear(looks)

/** What is kept where, and who sees it, as the site is set. */
export default function Privacy(): JSX.Element {
  const { settings, t } = useApp()
  const tt = t.value
  const { name, sends_personal, typing_preview } = settings.site
  const facts: Array<[icon: JSX.Element, text: string]> = [
    [<Icon name="chat" />, tt('privacy.server', { name })],
    [<Icon name="translate" />, tt(sends_personal ? 'privacy.open' : 'privacy.masked')],
    [<Icon name="person" />, tt('privacy.device')],
  ]
  if (typing_preview) facts.push([<Drawing path={keyboard} />, tt('preview.line')])
  return (
    <Dialog id="privacy" title={tt('menu.privacy')}>
      <ul class="facts">
        {facts.map(([icon, text]) => (
          <li key={text}>
            {icon}
            <p>{text}</p>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

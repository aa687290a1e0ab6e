// Which language the interface has, and what the document says of it.
import { effect } from '@preact/signals'
import { direction } from '../../shared/i18n'
import type { Desk } from './desk'
import { locale, speak, wanted } from './words'

/** How long the first screen waits for its texts before it is shown in English, in milliseconds. */
const patience = 2000

/** Resolves as soon as the words are there in the language that this browser had last, or asks for. */
export async function firstWords(desk: Desk): Promise<void> {
  const { language, spoken } = desk.settings
  const speaking = speak(wanted(language.peek(), spoken.peek(), navigator.languages))
  await Promise.race([speaking, new Promise((r) => setTimeout(r, patience))])
}

/**
 * Keeps the interface in the language that the agent has chosen, else in the one that he reads first. Before somebody is in it is the browser's; what was spoken here
 * last is kept for the moments before the server has answered. Returns how to stop.
 */
export function speakTo(desk: Desk, root: HTMLElement): () => void {
  const { language, spoken } = desk.settings
  const choose = effect(() => {
    if (desk.line.access.value === 'login') spoken.value = ''
    else if (desk.hello.value) spoken.value = wanted('auto', desk.language.value, navigator.languages)
    void speak(wanted(language.value, spoken.value, navigator.languages))
  })
  const mark = effect(() => {
    root.lang = locale()
    root.dir = direction(locale())
  })
  return () => {
    choose()
    mark()
  }
}

// Telling that one types: at once, then at most every four seconds, and that one stopped.
import { useMemo } from 'preact/hooks'
import type { Client } from '../../shared/client'

/** Said again after this many ms of typing; forgotten by others after twice as long (protocol, section 3.2). */
const repeat = 4000
/** A pause after which one no longer types, in ms. */
const pause = 5000

export interface Typing {
  typed(): void
  stop(): void
}

export function useTyping(client: Client, conversation: string): Typing {
  return useMemo(() => {
    let told = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const tell = (on: boolean) => client.call('typing', { conversation, on }).catch(() => {})
    const stop = () => {
      clearTimeout(timer)
      if (told === 0) return
      told = 0
      void tell(false)
    }
    const typed = () => {
      clearTimeout(timer)
      timer = setTimeout(stop, pause)
      if (Date.now() - told < repeat) return
      told = Date.now()
      void tell(true)
    }
    return { typed, stop }
  }, [client, conversation])
}

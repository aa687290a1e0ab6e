/** What the server puts into the loader for one site. */
export interface Site {
  /** Letters, digits and dashes. */
  key: string
  name: string
  /** #rrggbb */
  color?: string
  position?: string
  language: string
  /** The pages that may show the chat, as their location.origin; the server's own may too. */
  origins: string[]
  /** What the launcher is called, by the tag of every catalogue. */
  labels: Record<string, string>
  bubble?: Bubble
}

/** What the script tag says beside its address. */
export interface Tag {
  lang: string | undefined
  position: string | undefined
  color: string | undefined
  z: number
}

/** What the launcher says unasked: after how many seconds, and by language the text and what its dismissal is called. */
export interface Bubble {
  after: number
  texts: Record<string, [text: string, dismiss: string]>
}

/** A command that the loader does not know, with what came with it: what the page says of its visitor. Nobody has looked at it, that is the frame's work. */
export type Fact = [what: string, value: unknown]

/** What the loader and the frame tell each other over the port. The port is theirs alone; every message is one of these. */
export type ToFrame =
  | {
      type: 'init'
      page: { url: string; title: string }
      color: string | undefined
      token: string | undefined
      touch: boolean
      said: Fact[]
    }
  /** In the order in which it was said; with init all of it. */
  | { type: 'said'; said: Fact[] }
  /** phone: the panel takes the whole screen. */
  | { type: 'open'; phone: boolean }
  | { type: 'close' }
  | { type: 'page'; page: { url: string; title: string } }
  | { type: 'language'; language: string }
  | { type: 'draft'; text: string }
  | { type: 'reset' }

export type ToLoader =
  | { type: 'ready' }
  | { type: 'close' }
  | { type: 'unread'; n: number }
  /** What the launcher is called from now on, in the language of the frame: with what is unread, and while the panel is open. */
  | { type: 'name'; open: string; close: string; language: string }
  /** A line of an agent, as the visitor reads it. */
  | { type: 'message'; detail: { text: string; language: string; from: string; at: string } }
  /** The signature that the page has brought is refused. */
  | { type: 'identity'; detail?: never }
  /** The visitor has said how the chat was: 1 to 5. */
  | { type: 'rating'; detail: number }
  /**
   * There is (or no longer is) a conversation that is not resolved, or a line that is not sent: the next page loads the frame, for its badge and to send it.
   * tab: a line that goes with this tab, because nobody knows yet whose it is.
   */
  | { type: 'live'; live: boolean; tab: boolean }
  /** The frame may not store anything itself: keep the token here. */
  | { type: 'keep'; token: string | null }

/** The first word to the frame, with the port. */
export const greeting = 'dragoman.port'

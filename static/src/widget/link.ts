// How the talk stands with its server, as the screens show it.

/** asleep: nothing was sent anywhere yet. away: no connection for longer than a moment. refused: this site does not want us here. */
export type Link = 'asleep' | 'connecting' | 'connected' | 'away' | 'refused'

/**
 * The server lets us do less for a while, and said for how long. lines: what was typed waits; busy: there is no session or connection before that.
 */
export interface Held {
  what: 'lines' | 'busy'
  /** On this machine's clock, in ms. */
  until: number
}

/** What an agent is told about a text before it goes. */
export interface Warning {
  kind: 'saying' | 'date' | 'number' | 'missing' | 'variable'
  /** The part of the text that is meant. */
  text: string
}

/** More than these would be a wall, and be read by nobody. */
export const mostWarnings = 4

// How the connection stands, in the words of the bar. It never says more than is known.
import { computed, signal } from '@preact/signals'
import type { Client, Ended, Status } from '../../shared/client'

export type Access = 'unknown' | 'in' | 'login'

/** Why the login is shown, if somebody was in before. */
export type Ousted = 'ended' | 'origin' | 'protocol'

export class Line {
  readonly access = signal<Access>('unknown')
  readonly ousted = signal<Ousted | undefined>(undefined)
  private readonly state = signal<Status>('disconnected')
  readonly online = computed(() => this.state.value === 'connected')
  /** When the connection was lost, ms of this machine's clock; undefined while there is one. */
  readonly lostAt = signal<number | undefined>(undefined)

  constructor(readonly client: Client) {}

  status(status: Status): void {
    if (status === 'connected') {
      this.access.value = 'in'
      this.ousted.value = undefined
      this.lostAt.value = undefined
    } else if (this.state.peek() === 'connected') {
      this.lostAt.value = Date.now()
    }
    this.state.value = status
  }

  /** A close after which one does not come back by oneself. Logged out, elsewhere or by time, leads to the login. */
  refused({ code }: Ended): boolean {
    if (code === 1007) return true
    const was = this.access.peek() === 'in'
    this.access.value = 'login'
    if (code === 4403) this.ousted.value = 'origin'
    else if (code === 4400 || code === 4413) this.ousted.value = 'protocol'
    else this.ousted.value = was ? 'ended' : undefined
    return false
  }
}

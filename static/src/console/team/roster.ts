// Who of each site's agents is there: asked for once a connection, then as it changes.
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { AgentStatus, AgentsFrame, CallMap, Colleague } from '../../shared/wire.gen'

export interface RosterNeeds {
  call(site: string): Promise<CallMap['agents']['ok']>
  me: ReadonlySignal<string>
  /** The time, by the minute: an absence ends by it. */
  minute: ReadonlySignal<number>
}

type Rows = ReadonlyMap<string, Colleague>

/** Colleagues who have a conversation in front of them, and those of them who write in it. */
export interface Company {
  looking: readonly Colleague[]
  typing: readonly Colleague[]
}

export class Roster {
  private readonly sites: Signal<ReadonlyMap<string, Rows>> = signal(new Map())
  /** By conversation, without oneself. */
  readonly company: ReadonlySignal<ReadonlyMap<string, Company>> = computed(() =>
    companyOf([...this.sites.value.values()], this.needs.me.value),
  )
  /** How oneself is set; undefined before anybody has said. */
  readonly mine: ReadonlySignal<AgentStatus | undefined> = computed(() => {
    const me = this.person(this.needs.me.value)
    return me && statusAt(me, this.needs.minute.value)
  })

  constructor(private readonly needs: RosterNeeds) {}

  /** Asks anew: after every connection. */
  async load(sites: readonly string[]): Promise<void> {
    await Promise.all(
      sites.map(async (site) => {
        try {
          const { agents } = await this.needs.call(site)
          this.put(site, new Map(agents.map((a) => [a.id, a])))
        } catch {
          // What is known stays; the next connection asks again.
        }
      }),
    )
  }

  take({ site, agents, gone }: AgentsFrame): void {
    const rows = new Map(this.sites.peek().get(site))
    for (const a of agents) rows.set(a.id, a)
    for (const id of gone ?? []) rows.delete(id)
    this.put(site, rows)
  }

  /** The agents of a site, with their status as it is now. */
  of(site: string): Colleague[] {
    const now = this.needs.minute.value
    return [...(this.sites.value.get(site)?.values() ?? [])].map((a) => ({ ...withoutStatus(a), ...statusAt(a, now) }))
  }

  person(id: string): Colleague | undefined {
    for (const rows of this.sites.value.values()) {
      const found = rows.get(id)
      if (found) return found
    }
    return undefined
  }

  /** One's own change shows at once; the server says it again. */
  set(status: AgentStatus): void {
    const me = this.needs.me.peek()
    for (const [site, rows] of this.sites.peek()) {
      const row = rows.get(me)
      if (row) this.put(site, new Map(rows).set(me, { ...withoutStatus(row), ...status }))
    }
  }

  clear(): void {
    this.sites.value = new Map()
  }

  private put(site: string, rows: Rows): void {
    this.sites.value = new Map(this.sites.peek()).set(site, rows)
  }
}

function withoutStatus({ until: _, ...rest }: Colleague): Colleague {
  return rest
}

/** An absence that is over is none. */
export function statusAt({ status, until }: AgentStatus, now: number): AgentStatus {
  if (status === 'away' && until && Date.parse(until) <= now) return { status: 'available' }
  return until ? { status, until } : { status }
}

export function companyOf(sites: readonly Rows[], me: string): ReadonlyMap<string, Company> {
  const found = new Map<string, { looking: Colleague[]; typing: Colleague[] }>()
  for (const rows of sites)
    for (const a of rows.values()) {
      if (a.id === me) continue
      for (const { conversation, typing } of a.viewing) {
        const here = found.get(conversation) ?? { looking: [], typing: [] }
        here.looking.push(a)
        if (typing) here.typing.push(a)
        found.set(conversation, here)
      }
    }
  return found
}

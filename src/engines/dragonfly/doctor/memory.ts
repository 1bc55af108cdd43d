import type { StoreObservation } from '../../store.ts'
import { infoField } from '../server.ts'
import type { Session } from '../session.ts'

/** From this share of its memory on, a server is nearly full. */
const highShare = 0.9

export async function observeMemory({ client, place }: Session): Promise<StoreObservation[]> {
  const info = await client.info()
  const number = (name: string): number => Number(infoField(info, name) ?? 0)
  const [used, most, evicted] = [number('used_memory'), number('maxmemory'), number('evicted_keys')]
  const policy = infoField(info, 'maxmemory_policy') ?? 'noeviction'
  return [
    ...(most === 0 ? [unlimited(place)] : []),
    ...(most > 0 && used / most >= highShare ? [nearlyFull(place, used / most, policy)] : []),
    ...(evicted > 0 ? [evictions(place, evicted)] : []),
    ...(policy === 'noeviction' ? [] : [evicts(place, policy)]),
  ]
}

const unlimited = (place: string): StoreObservation => ({
  id: 'dragonfly-memory-unlimited',
  severity: 'warning',
  message: `${place} has no maxmemory`,
  means: 'it grows until the machine has no memory left, and the system ends it or a neighbour',
  mend: 'set maxmemory to what the machine can spare',
})

const nearlyFull = (place: string, share: number, policy: string): StoreObservation => ({
  id: 'dragonfly-memory-high',
  severity: 'warning',
  message: `${place} uses ${Math.round(share * 100)} % of its maxmemory`,
  means:
    policy === 'noeviction'
      ? 'when it is full, writes of all companies fail'
      : 'when it is full, keys of all companies go',
  mend: 'raise maxmemory, or look for companies with many keys: dbsvc tenant show',
})

const evictions = (place: string, evicted: number): StoreObservation => ({
  id: 'dragonfly-evictions',
  severity: 'warning',
  message: `${place} has evicted ${evicted} ${evicted === 1 ? 'key' : 'keys'} since it started`,
  means: 'it was full, and companies have lost keys before these expired',
  mend: 'raise maxmemory, or lower cacheKeys of the tiers',
})

const evicts = (place: string, policy: string): StoreObservation => ({
  id: 'dragonfly-eviction-policy',
  severity: 'info',
  message: `${place} evicts keys when it is full (${policy})`,
  means: "one company's writes can push out another's keys, and the budgets that dbsvc keeps there",
  mend: null,
})

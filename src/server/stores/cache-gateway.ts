import type { KnownCompany } from '../context/request-context.ts'
import type { Way } from '../postgres/gateway.ts'

export type KeyOwner = Pick<KnownCompany, 'company' | 'limits'>

/** What a company keeps in DragonflyDB; keys are its own names, and stand behind its prefix there. */
export interface CacheGateway {
  /** In the order of the keys; null for one that is not there. @throws DBS-2403 something else than a value is kept there */
  get(company: string, way: Way, keys: readonly string[]): Promise<readonly (CachedEntry | null)[]>
  /**
   * @returns whether it was stored: a key that exists is left as it is where `onlyIfAbsent`
   * @throws DBS-2407 it would be one key more than the company may have
   */
  set(owner: KeyOwner, way: Way, key: string, entry: CachedEntry, onlyIfAbsent: boolean): Promise<boolean>
  /** @returns how many there were */
  delete(company: string, way: Way, keys: readonly string[]): Promise<number>
  /**
   * Of a 64-bit integer, which is 0 where there is none; `ttlMs` is for one that this makes.
   * @throws DBS-2403 no integer is kept there, or it would leave 64 bits; DBS-2407 as for `set`
   */
  increment(owner: KeyOwner, way: Way, key: string, by: bigint, ttlMs: number | null): Promise<bigint>
  /** Companies that are connected. */
  connections(): number
  close(): Promise<void>
}

export interface CachedEntry {
  /** As it is kept, which for the router's doors is JSON. */
  readonly text: string
  /** Time to live; null for one that stays. */
  readonly ttlMs: number | null
}

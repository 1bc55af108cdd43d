import type { CacheEntry, ConfigEntry, FoundObject, RegisteredService, Registration, VectorResult } from './results.ts'
import type { CallOptions } from './statements.ts'
import type { Request } from './transport.ts'

export interface Sending extends CallOptions {
  /** It may be sent twice. */
  readonly repeatable: boolean
  /** Whether it is for the client's company; true. */
  readonly ofCompany?: boolean
}

export type Send = (request: Request, sending: Sending) => Promise<unknown>

interface EntryMessage {
  readonly found: boolean
  readonly value: unknown
  readonly ttl_ms: number
}

/** The company's own keys in DragonflyDB. Values are any JSON; a key without `ttlMs` stays. */
export class Cache {
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  /** Null where there is nothing; `entry` tells that from a null. */
  async get(key: string): Promise<unknown> {
    return (await this.entry(key))?.value ?? null
  }

  async entry(key: string): Promise<CacheEntry | null> {
    return entryOf(await this.#ask<EntryMessage>('get', { key }, true))
  }

  /** In the order of the keys. */
  async getMany(keys: readonly string[]): Promise<(CacheEntry | null)[]> {
    const { entries } = await this.#ask<{ readonly entries: readonly EntryMessage[] }>('get_many', { keys }, true)
    return entries.map(entryOf)
  }

  /** Whether it was stored. */
  async set(key: string, value: unknown, options: { ttlMs?: number; onlyIfAbsent?: boolean } = {}): Promise<boolean> {
    const message = { key, value, ttl_ms: options.ttlMs ?? 0, only_if_absent: options.onlyIfAbsent ?? false }
    return (await this.#ask<{ readonly stored: boolean }>('set', message)).stored
  }

  /** How many there were. */
  async delete(...keys: readonly string[]): Promise<number> {
    return (await this.#ask<{ readonly deleted: number }>('delete', { keys })).deleted
  }

  /** The new value, of 64 bits. `ttlMs` is for a key that this makes. */
  async increment(key: string, by: number | bigint = 1, { ttlMs = 0 }: { ttlMs?: number } = {}): Promise<bigint> {
    const message = { key, by: by.toString(), ttl_ms: ttlMs }
    return BigInt((await this.#ask<{ readonly value: string }>('increment', message)).value)
  }

  async #ask<Answer>(name: string, message: object, repeatable = false): Promise<Answer> {
    return (await this.#send({ method: 'POST', path: `/v1/cache/${name}`, message }, { repeatable })) as Answer
  }
}

const entryOf = ({ found, value, ttl_ms }: EntryMessage): CacheEntry | null =>
  found ? { value, ttlMs: ttl_ms === 0 ? null : ttl_ms } : null

interface ConfigMessage {
  readonly config_key: string
  readonly config_value: unknown
  readonly updated_at: string
}

/** What the company has in tenant_configurations. */
export class Config {
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  /** @throws NotFound */
  async get(key: string): Promise<ConfigEntry> {
    return configOf((await this.#ask<{ readonly entry: ConfigMessage }>('GET', `/${encodeURIComponent(key)}`)).entry)
  }

  /** By key. */
  async list(prefix = ''): Promise<ConfigEntry[]> {
    const path = `?prefix=${encodeURIComponent(prefix)}`
    return (await this.#ask<{ readonly entries: readonly ConfigMessage[] }>('GET', path)).entries.map(configOf)
  }

  async set(key: string, value: unknown): Promise<ConfigEntry> {
    const path = `/${encodeURIComponent(key)}`
    return configOf((await this.#ask<{ readonly entry: ConfigMessage }>('PUT', path, { config_value: value })).entry)
  }

  /** Whether there was one. */
  async unset(key: string): Promise<boolean> {
    return (await this.#ask<{ readonly removed: boolean }>('DELETE', `/${encodeURIComponent(key)}`)).removed
  }

  async #ask<Answer>(method: Request['method'], path: string, message?: object): Promise<Answer> {
    const request = { method, path: `/v1/config${path}`, ...(message === undefined ? {} : { message }) }
    return (await this.#send(request, { repeatable: method !== 'DELETE' })) as Answer
  }
}

const configOf = ({ config_key, config_value, updated_at }: ConfigMessage): ConfigEntry => ({
  key: config_key,
  value: config_value,
  updatedAt: updated_at,
})

interface Within {
  readonly heartbeat_within_ms: number
}

/** Which services are where, for all companies. A service speaks for itself alone. */
export class Registry {
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  async register(service: Registration): Promise<{ service: RegisteredService; heartbeatWithinMs: number }> {
    const answer = await this.#ask<Within & { readonly service: RegisteredService }>('POST', '', { service })
    return { service: answer.service, heartbeatWithinMs: answer.heartbeat_within_ms }
  }

  /** Within how many milliseconds the next one is due. @throws NotFound */
  async heartbeat(name: string): Promise<number> {
    return (await this.#ask<Within>('POST', `/${encodeURIComponent(name)}/heartbeat`)).heartbeat_within_ms
  }

  /** @throws NotFound */
  async lookup(name: string, { includeExpired = false } = {}): Promise<RegisteredService> {
    const [service] = await this.#list(`/${encodeURIComponent(name)}`, includeExpired)
    return service as RegisteredService
  }

  services({ includeExpired = false } = {}): Promise<readonly RegisteredService[]> {
    return this.#list('', includeExpired)
  }

  /** Whether it was registered. */
  async deregister(name: string): Promise<boolean> {
    return (await this.#ask<{ readonly removed: boolean }>('DELETE', `/${encodeURIComponent(name)}`)).removed
  }

  async #list(path: string, includeExpired: boolean): Promise<readonly RegisteredService[]> {
    const query = includeExpired ? '?include_expired=true' : ''
    return (await this.#ask<{ readonly services: RegisteredService[] }>('GET', `${path}${query}`)).services
  }

  async #ask<Answer>(method: Request['method'], path: string, message?: object): Promise<Answer> {
    const request = { method, path: `/v1/registry/services${path}`, ...(message === undefined ? {} : { message }) }
    return (await this.#send(request, { repeatable: method !== 'DELETE', ofCompany: false })) as Answer
  }
}

export interface SearchOptions {
  /** 10. */
  readonly limit?: number
  /** 0 to 1, for classes that compare by cosine. */
  readonly certainty?: number
  readonly properties?: readonly string[]
  readonly include_vector?: boolean
}

export interface NewObject {
  /** A UUID; without one it gets the same id whenever it is sent. */
  readonly id?: string
  readonly properties?: Readonly<Record<string, unknown>>
  readonly vector?: readonly number[]
}

const vectorOperations = ['similarity_search', 'insert', 'update', 'delete']

/** Objects in the company's tenant of a class of Weaviate. */
export class Vectors {
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  /** The nearest first. */
  async similaritySearch(
    className: string,
    vector: readonly number[],
    options: SearchOptions = {},
  ): Promise<readonly FoundObject[]> {
    return (await this.#ask('similarity_search', { class: className, vector, ...options })).objects
  }

  /** Their ids. */
  async insert(className: string, objects: readonly NewObject[]): Promise<readonly string[]> {
    return (await this.#ask('insert', { class: className, objects })).ids
  }

  /** Properties that are left out stay. */
  async update(className: string, object: NewObject & { readonly id: string }): Promise<void> {
    await this.#ask('update', { class: className, object })
  }

  /** How many there were. */
  async delete(className: string, ids: readonly string[]): Promise<number> {
    return (await this.#ask('delete', { class: className, ids })).deleted
  }

  /** An operation that says its own name. @throws TypeError for one that there is not */
  run(message: { readonly operation: string; readonly [field: string]: unknown }): Promise<VectorResult> {
    return this.#ask(message.operation, message)
  }

  async #ask(name: string, message: object): Promise<VectorResult> {
    if (!vectorOperations.includes(name)) throw new TypeError(`${name} is none of ${vectorOperations.join(', ')}`)
    // An object has the same id whenever it is sent.
    const sending = { repeatable: name !== 'delete' }
    const answer = await this.#send({ method: 'POST', path: `/v1/vector/${name}`, message }, sending)
    return { objects: [], ids: [], deleted: 0, ...(answer as Partial<VectorResult>) }
  }
}

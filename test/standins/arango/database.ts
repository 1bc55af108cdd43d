import { Collection, type CollectionProperties, edgeType } from './collection.ts'
import type { Cursor } from './cursor.ts'
import { fail } from './errors.ts'
import type { Graph } from './graph.ts'
import type { JsonObject } from './json.ts'
import type { Transaction } from './transaction.ts'

export interface View {
  readonly id: string
  readonly name: string
  readonly type: string
  properties: JsonObject
}

export interface Analyzer {
  readonly name: string
  readonly type: string
  readonly properties: JsonObject
  readonly features: readonly string[]
}

/** One database with all that is in it. */
export class Database {
  readonly name: string
  readonly id: string
  readonly collections = new Map<string, Collection>()
  readonly graphs = new Map<string, Graph>()
  readonly views = new Map<string, View>()
  readonly analyzers = new Map<string, Analyzer>()
  readonly cursors = new Map<string, Cursor>()
  readonly transactions = new Map<string, Transaction>()
  private readonly locks = new WeakMap<Collection, Map<string, Transaction>>()

  constructor(name: string, id: string) {
    this.name = name
    this.id = id
  }

  /** Throws 1203 where there is none. */
  collection(name: string): Collection {
    return this.collections.get(name) ?? fail(1203, `collection or view not found: ${name}`)
  }

  /** Throws 1924 where there is none. */
  graph(name: string): Graph {
    return this.graphs.get(name) ?? fail(1924, `graph '${name}' not found`)
  }

  /** Throws 1207 when a collection or view has this name. */
  create(properties: CollectionProperties): Collection {
    const { name } = properties
    if (this.collections.has(name) || this.views.has(name)) fail(1207, `duplicate name: ${name}`)
    const primary = { id: '0', name: 'primary', type: 'primary', fields: ['_key'], unique: true } as const
    const edge = { id: '1', name: 'edge', type: 'edge', fields: ['_from', '_to'], unique: false } as const
    const indexes = properties.type === edgeType ? [primary, edge] : [primary]
    const collection = new Collection(
      properties,
      indexes.map((index) => ({ ...index, sparse: false, rest: {} })),
    )
    this.collections.set(name, collection)
    return collection
  }

  /** Who holds which key or unique value of the collection. */
  locksOf(collection: Collection): Map<string, Transaction> {
    const locks = this.locks.get(collection) ?? new Map<string, Transaction>()
    this.locks.set(collection, locks)
    return locks
  }

  exclusiveHolder(name: string): Transaction | undefined {
    return this.running().find(({ options }) => options.exclusive.includes(name))
  }

  running(): Transaction[] {
    return [...this.transactions.values()].filter(({ status }) => status === 'running')
  }
}

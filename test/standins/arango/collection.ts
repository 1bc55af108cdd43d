import { fail } from './errors.ts'
import { type Index, uniqueEntry } from './index.ts'
import type { Document } from './json.ts'
import type { SchemaRule } from './schema.ts'

export const documentType = 2
export const edgeType = 3

export interface CollectionProperties {
  readonly name: string
  readonly id: string
  readonly type: typeof documentType | typeof edgeType
  readonly isSystem: boolean
  waitForSync: boolean
  cacheEnabled: boolean
  schema: SchemaRule | null
}

export type Direction = 'outbound' | 'inbound'

/** The documents of a collection, its unique indexes and, for edges, who is connected to whom. */
export class Collection {
  readonly properties: CollectionProperties
  indexes: readonly Index[]
  private readonly documents: Map<string, Document>
  private readonly unique: Map<string, string>
  private readonly edges: Record<Direction, Map<string, ReadonlySet<string>>>

  constructor(properties: CollectionProperties, indexes: readonly Index[], of?: Collection) {
    this.properties = properties
    this.indexes = indexes
    this.documents = new Map(of?.documents)
    this.unique = new Map(of?.unique)
    this.edges = { outbound: new Map(of?.edges.outbound), inbound: new Map(of?.edges.inbound) }
  }

  get name(): string {
    return this.properties.name
  }

  get isEdge(): boolean {
    return this.properties.type === edgeType
  }

  get size(): number {
    return this.documents.size
  }

  get(key: string): Document | undefined {
    return this.documents.get(key)
  }

  /** A copy: what is written while it is read does not appear in it. */
  all(): Document[] {
    return [...this.documents.values()]
  }

  keys(): string[] {
    return [...this.documents.keys()]
  }

  edgesOf(id: string, direction: Direction): Document[] {
    return [...(this.edges[direction].get(id) ?? [])].flatMap((key) => this.documents.get(key) ?? [])
  }

  /** The key of the document that holds this entry of a unique index. */
  ownerOf(entry: string): string | undefined {
    return this.unique.get(entry)
  }

  /** A copy for a transaction to write in. */
  fork(): Collection {
    return new Collection(this.properties, this.indexes, this)
  }

  /** Throws 1210 when a document there is has the values of the new one in one of `indexes`, which are all unless told otherwise. */
  checkUnique(document: Document, indexes: readonly Index[] = this.indexes): void {
    for (const index of indexes) {
      const entry = uniqueEntry(index, document)
      const owner = entry === null ? undefined : this.unique.get(entry)
      if (owner !== undefined && owner !== document._key) failUnique(index, owner)
    }
  }

  /** Puts a document in the place of the one with its key, or, with null, removes that; returns what was there. */
  set(key: string, next: Document | null): Document | null {
    const before = this.documents.get(key) ?? null
    if (before !== null) this.unlink(before)
    if (next === null) this.documents.delete(key)
    else {
      this.documents.set(key, next)
      this.link(next)
    }
    return before
  }

  /** Throws 1210 when two documents there are have the same values in a unique one. */
  addIndex(index: Index): void {
    const entries = new Map<string, string>()
    for (const document of this.documents.values()) {
      const entry = uniqueEntry(index, document)
      if (entry === null) continue
      const owner = entries.get(entry)
      if (owner !== undefined) failUnique(index, owner)
      entries.set(entry, document._key)
    }
    this.indexes = [...this.indexes, index]
    for (const [entry, key] of entries) this.unique.set(entry, key)
  }

  removeIndex(index: Index): void {
    this.indexes = this.indexes.filter((other) => other !== index)
    for (const entry of this.unique.keys()) if (entry.startsWith(`${index.id}\0`)) this.unique.delete(entry)
  }

  private link(document: Document): void {
    for (const index of this.indexes) {
      const entry = uniqueEntry(index, document)
      if (entry !== null) this.unique.set(entry, document._key)
    }
    this.connect(document, (keys) => keys.add(document._key))
  }

  private unlink(document: Document): void {
    for (const index of this.indexes) {
      const entry = uniqueEntry(index, document)
      // Another document may have taken the value over in the same commit.
      if (entry !== null && this.unique.get(entry) === document._key) this.unique.delete(entry)
    }
    this.connect(document, (keys) => keys.delete(document._key))
  }

  // Sets are replaced and not changed, because forks share them.
  private connect(document: Document, change: (keys: Set<string>) => void): void {
    if (!this.isEdge) return
    const ends = { outbound: document._from, inbound: document._to }
    for (const direction of ['outbound', 'inbound'] as const) {
      const id = String(ends[direction])
      const keys = new Set(this.edges[direction].get(id))
      change(keys)
      this.edges[direction].set(id, keys)
    }
  }
}

function failUnique(index: Index, key: string): never {
  const fields = index.fields.map((field) => `'${field}'`).join(', ')
  fail(
    1210,
    `unique constraint violated - in index ${index.name} of type ${index.type} over ${fields}; conflicting key: ${key}`,
  )
}

export interface SimilaritySearch {
  /** Such as TradingPatterns: a class or an alias of one. */
  readonly className: string
  readonly vector: readonly number[]
  readonly limit: number
  /** Of 0 to 1, for classes that compare by cosine; null takes everything. */
  readonly certainty: number | null
  /** Null returns all. */
  readonly properties: readonly string[] | null
  readonly includeVector: boolean
}

export type Properties = Readonly<Record<string, unknown>>

export interface FoundObject {
  readonly id: string
  readonly properties: Properties
  readonly certainty: number | null
  readonly distance: number | null
  readonly vector: readonly number[] | null
}

export interface NewObject {
  /** A UUID; null makes one of company, class and properties, so that an object that is sent again is the same. */
  readonly id: string | null
  readonly properties: Properties
  readonly vector: readonly number[] | null
}

/** Objects of a company's own tenant. Each method throws DBS-2404 for what Weaviate, or its schema, does not take. */
export interface VectorGateway {
  search(company: string, search: SimilaritySearch): Promise<readonly FoundObject[]>
  /** @returns their ids @throws DBS-2406 the company may not have so many */
  insert(company: string, className: string, objects: readonly NewObject[]): Promise<readonly string[]>
  /** Properties that are left out stay. */
  update(company: string, className: string, object: NewObject & { readonly id: string }): Promise<void>
  /** @returns how many there were */
  delete(company: string, className: string, ids: readonly string[]): Promise<number>
  close(): Promise<void>
}

import type { EngineName } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { Category } from '../../core/routing/category.ts'
import { CacheTerms_Mode, ResponseInfo_Source } from '../contract/dbsvc/v1/query_pb.js'
import { Category as CategoryNumber, Engine } from '../contract/dbsvc/v1/value_pb.js'
import type { Source } from '../fallback/hierarchy.ts'

const engines: Readonly<Record<EngineName, Engine>> = {
  postgres: Engine.POSTGRESQL,
  clickhouse: Engine.CLICKHOUSE,
  dragonfly: Engine.DRAGONFLYDB,
  weaviate: Engine.WEAVIATE,
  arango: Engine.ARANGODB,
}

const categories: Readonly<Record<Category, CategoryNumber>> = {
  A: CategoryNumber.A,
  B: CategoryNumber.B,
  C: CategoryNumber.C,
  D: CategoryNumber.D,
}

const sources: Readonly<Record<Source, ResponseInfo_Source>> = {
  direct_connection: ResponseInfo_Source.DIRECT_CONNECTION,
  connection_pool: ResponseInfo_Source.CONNECTION_POOL,
  cached_response: ResponseInfo_Source.CACHED_RESPONSE,
}

export const numberOfEngine = (name: EngineName): Engine => engines[name]
export const numberOfCategory = (name: Category): CategoryNumber => categories[name]
export const numberOfSource = (name: Source): ResponseInfo_Source => sources[name]

/** Undefined where the caller leaves it to the router. */
export const categoryOf = (number: CategoryNumber): Category | undefined => nameOf(categories, number)
export const engineOf = (number: Engine): EngineName | undefined => nameOf(engines, number)

export const cacheModeOf = (mode: CacheTerms_Mode | undefined): 'on' | 'off' | undefined => {
  if (mode === CacheTerms_Mode.ON) return 'on'
  return mode === CacheTerms_Mode.OFF ? 'off' : undefined
}

/** @throws DBS-2001 a number of a later contract */
function nameOf<Name extends string>(numbers: Readonly<Record<Name, number>>, number: number): Name | undefined {
  if (number === 0) return undefined
  const found = (Object.keys(numbers) as Name[]).find((name) => numbers[name] === number)
  if (found === undefined) throw DbsvcError.of('DBS-2001', { reason: `${number} is no value of its enumeration` })
  return found
}

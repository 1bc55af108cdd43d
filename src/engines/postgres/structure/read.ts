import type pg from 'pg'
import type { Structure, StructureObject } from '../../../core/structure/object.ts'
import { dependencyQuery } from './catalog/dependencies.ts'
import { fingerprintQuery, structureQuery, structureSettings } from './catalog/query.ts'
import type { StructurePlace } from './place.ts'

/** The fingerprint of a place in which there is nothing, not even a schema. */
export const nothing = ''

const parameters = (places: readonly StructurePlace[]): string[][] => [
  places.map((place) => place.company),
  places.map((place) => place.home),
  places.map((place) => place.hidden),
]

/** Gives `work` a snapshot of the catalogue in which nothing can be written. */
export async function inSnapshot<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('begin isolation level repeatable read read only')
  try {
    return await work()
  } finally {
    await client.query('rollback')
  }
}

/**
 * One digest for each place, by its company. Equal digests mean equal structures; see StructureObject for what is compared.
 * Needs an open transaction, whose search_path and planner settings it changes.
 */
export async function readFingerprints(
  client: pg.Client,
  places: readonly StructurePlace[],
): Promise<Map<string, string>> {
  await client.query(structureSettings)
  const { rows } = await client.query<{ company: string; fingerprint: string }>(fingerprintQuery, parameters(places))
  const found = new Map(rows.map((row) => [row.company, row.fingerprint]))
  return new Map(places.map(({ company }) => [company, found.get(company) ?? nothing]))
}

/** Everything in the given places, by company. Needs an open transaction, as readFingerprints does. */
export async function readStructures(
  client: pg.Client,
  places: readonly StructurePlace[],
): Promise<Map<string, Structure>> {
  await client.query(structureSettings)
  const { rows } = await client.query<StructureObject & { company: string }>(structureQuery, parameters(places))
  const structures = new Map<string, StructureObject[]>(places.map(({ company }) => [company, []]))
  for (const { company, ...object } of rows) structures.get(company)?.push(object)
  return structures
}

export async function readStructure(client: pg.Client, place: StructurePlace): Promise<Structure> {
  return (await readStructures(client, [place])).get(place.company) ?? []
}

/** What must be created before what; both are a kind and a name with a blank between. */
export interface Dependency {
  readonly dependent: string
  readonly needed: string
}

/** Needs an open transaction, as readFingerprints does. */
export async function readDependencies(client: pg.Client, place: StructurePlace): Promise<Dependency[]> {
  await client.query(structureSettings)
  // Small, and joined on two columns: here a hash join is right.
  await client.query('set local enable_hashjoin = on')
  const { rows } = await client.query<Dependency>(dependencyQuery, parameters([place]))
  return rows
}

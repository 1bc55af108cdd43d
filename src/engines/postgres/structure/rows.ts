import pg from 'pg'
import type { Structure } from '../../../core/structure/object.ts'
import type { StructurePlace } from './place.ts'

/** The tables of a fresh build that are not empty. As dbsvc_owner, whom row security shows every row. */
export async function readFilledTables(
  client: pg.Client,
  place: StructurePlace,
  structure: Structure,
): Promise<string[]> {
  const tables = structure.filter(({ kind }) => kind === 'table').map(({ name }) => name)
  if (tables.length === 0) return []
  await client.query(`set local role dbsvc_owner; set local search_path = ${pg.escapeIdentifier(place.home)}`)
  const { rows } = await client.query<{ name: string }>(
    tables
      .map((name) => {
        const table = name.replace('{company}', place.company)
        return `select ${pg.escapeLiteral(name)} as name where exists (select from ${table})`
      })
      .join(' union all '),
  )
  await client.query('reset role')
  return rows.map((row) => row.name)
}

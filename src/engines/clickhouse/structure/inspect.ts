import type { ProjectScope } from '../../../core/migration/scope.ts'
import type { Structure, StructureObject } from '../../../core/structure/object.ts'
import { databaseOf, sharedDatabase } from '../names.ts'
import { type Place, rows } from '../place.ts'
import { objectsOf } from './definition.ts'
import { normalise, significantTokens } from './normalise.ts'

// So many databases are asked for in one query that its text stays small.
const databasesPerQuery = 500

interface TableRow {
  readonly database: string
  readonly name: string
  readonly definition: string
}

/** The structure of each company's database, or under '' of the shared one. */
export async function inspect(
  place: Place,
  scope: ProjectScope,
  companies: readonly string[],
): Promise<Map<string, Structure>> {
  const keys = scope === 'shared' ? [''] : companies
  const structures = new Map<string, StructureObject[]>(keys.map((company) => [company, []]))
  const companyIn = new Map(keys.map((company) => [scope === 'shared' ? sharedDatabase : databaseOf(company), company]))
  const databases = [...companyIn.keys()]
  for (let from = 0; from < databases.length; from += databasesPerQuery) {
    for (const table of await readTables(place, databases.slice(from, from + databasesPerQuery))) {
      // There for a moment only, while doctor probes or a statement in doubt is looked at.
      if (/^dbsvc_(?:probe|doubt)_/.test(table.name)) continue
      const company = companyIn.get(table.database) ?? ''
      structures.get(company)?.push(...objectsOf(tokensOf(table, company), table.name))
    }
  }
  return structures
}

/** Of one database, whosever it is. */
export async function inspectDatabase(place: Place, database: string, company = ''): Promise<Structure> {
  const tables = await readTables(place, [database])
  return tables.flatMap((table) => objectsOf(tokensOf(table, company), table.name))
}

const tokensOf = ({ definition, database }: TableRow, company: string) =>
  normalise(significantTokens(definition), database, company)

/** What a materialised view keeps its rows in has a name of its own in every database; the view itself stands for it. */
function readTables(place: Place, databases: readonly string[]): Promise<TableRow[]> {
  return rows<TableRow>(
    place,
    `SELECT database, name, create_table_query AS definition FROM system.tables
     WHERE database IN {databases:Array(String)} AND NOT startsWith(name, '.inner') AND NOT is_temporary
     ORDER BY database, name`,
    { parameters: { databases } },
  )
}

import pg from 'pg'
import { placeOf } from '../../core/company/id.ts'
import type { ReachableRelation } from '../../engines/postgres/company/relations.ts'
import type { SampleStatement } from './sample.ts'

/** What one company sees, asked under its own signed context. */
export interface CompanySight {
  readonly company: string
  /** Rows by table: what it sees of shared tables, and of its own. */
  readonly rows: Readonly<Record<string, number>>
  /** Rows of the other companies that it could read when it tried; anything but 0 is a hole. */
  readonly foreignRows: number
}

/** Runs a read under a company's context, and gives its rows. */
export type Ask = (company: string, statement: SampleStatement) => Promise<readonly Record<string, unknown>[]>

const { escapeIdentifier: identifier } = pg

/** Counts what each company sees, then has it try to read the others' rows: shared tables by company_id, schemas by name. */
export async function lookAround(
  companies: readonly string[],
  relations: readonly ReachableRelation[],
  ask: Ask,
): Promise<CompanySight[]> {
  const count = async (company: string, from: string, values: readonly unknown[] = []): Promise<number> => {
    const [row] = await ask(company, { text: `select count(*)::integer as rows from ${from}`, values })
    return Number(row?.rows)
  }
  const sights: CompanySight[] = []
  for (const company of companies) {
    const rows: Record<string, number> = {}
    let foreignRows = 0
    for (const { schema, name, shared } of relations) {
      const place = `${identifier(schema)}.${identifier(name)}`
      if (shared) {
        rows[name] = await count(company, place)
        foreignRows += await count(company, `${place} where company_id <> $1`, [company])
      } else if (schema === placeOf(company)) rows[name] = await count(company, place)
      else foreignRows += await count(company, place)
    }
    sights.push({ company, rows, foreignRows })
  }
  return sights
}

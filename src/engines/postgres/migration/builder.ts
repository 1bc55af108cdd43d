/** Runs one statement on the target that a migration is being built for. */
export type QueryTarget = (sql: string, values?: unknown[]) => Promise<{ rows: Record<string, unknown>[] }>

/** What dbsvc itself uses of node-pg-migrate's MigrationBuilder. */
export interface Builder {
  enableReverseMode(): unknown
  getSqlSteps(): string[]
  isUsingTransaction(): boolean
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** The builder that a file of JavaScript or TypeScript is given as `pgm`. */
export async function createBuilder(
  shorthands: Readonly<Record<string, unknown>>,
  query: QueryTarget,
): Promise<Builder> {
  const { MigrationBuilder } = await import('node-pg-migrate')
  const select = async (sql: string, values?: unknown[]) => (await query(sql, values)).rows
  // The builder's other members are never reached by a migration: pgm.db has these two only.
  const connection = { query, select } as unknown as ConstructorParameters<typeof MigrationBuilder>[0]
  return new MigrationBuilder(
    connection,
    shorthands as ConstructorParameters<typeof MigrationBuilder>[1],
    false,
    silent,
  )
}

/** The one operation that a .sql file uses: the whole builder would take longer to load than some companies to migrate. */
export async function createSqlBuilder(): Promise<Builder> {
  const { sql } = await import('node-pg-migrate/operations/sql')
  // Its options are for texts with parameters, which a file has not.
  const render = sql({} as Parameters<typeof sql>[0])
  const steps: string[] = []
  const builder = {
    sql: (text: string) => void steps.push(render(text)),
    // Without its own way down a .sql file has none.
    enableReverseMode: () => {},
    getSqlSteps: () => steps,
    isUsingTransaction: () => true,
  }
  return builder
}

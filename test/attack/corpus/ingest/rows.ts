import { guard, rowSecurity, seriesCheckOption, sql, userProof } from '../runner/mechanism.ts'
import type { Technique } from '../runner/technique.ts'

interface Rows {
  readonly table: string
  readonly columns: readonly string[]
  /** Another one for each form, as some go through in the end. */
  readonly row: (form: number) => readonly (string | number | null)[]
  readonly skip?: boolean
}

/** The same rows in each form that they may come in, as the door to ingest takes them. */
function formsOf(name: string, { table, columns, row, skip = false }: Rows): Record<string, string> {
  const path = skip ? `${table}?skip_duplicates=true` : table
  const head = JSON.stringify({ columns })
  const [asJson, asLines, asObject, asCsv] = [row(0), row(1), row(2), row(3)]
  const forms = {
    JSON: ['application/json', JSON.stringify({ columns, rows: [asJson] })],
    NDJSON: ['application/x-ndjson', `${head}\n${JSON.stringify(asLines)}\n`],
    objects: [
      'application/x-ndjson',
      JSON.stringify(Object.fromEntries(columns.map((each, at) => [each, asObject[at]]))),
    ],
    CSV: ['text/csv', `${columns.join(',')}\n${asCsv.join(',')}\n`],
  }
  return Object.fromEntries(
    Object.entries(forms).map(([form, [type, body]]) => [`${name} as ${form}`, JSON.stringify({ path, type, body })]),
  )
}

const note = (idOf: (form: number) => number): Omit<Rows, 'skip'> => ({
  table: 'notes',
  columns: ['company_id', 'note_id', 'text'],
  row: (form) => ['company_xyz', idOf(form), 'planted'],
})
const measure = { columns: ['company_id', 'at', 'note'], row: () => ['company_xyz', '2026-06-06', 'planted'] }
const tick = {
  table: 'trading_ticks',
  columns: ['time', 'company_id', 'user_id', 'symbol'],
  row: () => ['2026-06-06T00:00:00Z', 'company_xyz', 'u', 'planted'],
}
const signal = (user: string | null) => ({
  table: 'trading_signals',
  columns: ['signal_id', 'user_id', 'symbol', 'signal_type'],
  row: (form: number) => [`planted_${user}_${form}`, user, 'x', 'buy'],
})
const configuration = {
  table: 'tenant_configurations',
  columns: ['config_key', 'config_value'],
  row: () => ['secret_plan', '1'],
}

const common = { entry: 'execute', refusal: /^DBS-2004 .*row-level security/, honest: 'select * from notes' } as const

export const techniques: readonly Technique[] = [
  {
    ...common,
    name: 'put rows in as another company',
    secret: 'a row that the victim takes for its own',
    mechanism: rowSecurity,
    success: { effect: `select from notes where company_id = 'company_xyz' and text = 'planted'` },
    variants: formsOf(
      'a note',
      note((form) => 91 + form),
    ),
  },
  {
    ...common,
    name: 'put rows in as another company, by a partition',
    secret: 'a row that the victim takes for its own',
    mechanism: sql(
      'row security of partitions and their table',
      'alter table measures_2026 disable row level security',
    ),
    success: { effect: `select from measures where company_id = 'company_xyz' and note = 'planted'` },
    variants: formsOf('a measure', { table: 'measures_2026', ...measure }),
  },
  {
    ...common,
    name: 'put rows in as another company, by a partitioned table',
    secret: 'a row that the victim takes for its own',
    mechanism: rowSecurity,
    success: { effect: `select from measures where company_id = 'company_xyz' and note = 'planted'` },
    variants: formsOf('a measure', { table: 'measures', ...measure }),
  },
  {
    ...common,
    name: 'put a foreign row into a time series',
    secret: 'a row that the victim takes for its own',
    refusal: /^DBS-2004 .*check option/,
    mechanism: seriesCheckOption,
    success: {
      effect: `select from private_shared.trading_ticks where symbol = 'planted' and company_id = 'company_xyz'`,
    },
    variants: formsOf('a tick', tick),
  },
  {
    ...common,
    name: 'learn by duplicates what others have',
    secret: 'that a row of the victim is there',
    mechanism: rowSecurity,
    success: /"skipped":1/,
    variants: formsOf('a note that is there', { ...note(() => 1), skip: true }),
  },
  {
    ...common,
    name: 'learn by a unique key what others have',
    secret: 'that the victim has an entry of this name',
    refusal: /^ok$/,
    mechanism: sql('company in front of each key', 'create unique index on tenant_configurations (config_key)'),
    success: /23505|"skipped":1/,
    variants: {
      ...formsOf('an entry', configuration),
      ...formsOf('an entry, skipped', { ...configuration, skip: true }),
    },
  },
  {
    ...common,
    name: 'learn by its columns whether there is a table',
    secret: 'names of what is not for companies',
    refusal: /^DBS-2202 /,
    mechanism: guard,
    success: /has no column/,
    variants: {
      ...formsOf('a materialised view', { table: 'note_copies', columns: ['no_such'], row: () => [1] }),
      ...formsOf('a catalog', { table: 'pg_authid', columns: ['no_such'], row: () => [1] }),
    },
  },
  {
    ...common,
    name: 'put rows in as another user',
    user: 'own_u1',
    secret: 'a row that another user takes for its own',
    mechanism: userProof,
    success: { effect: `select from tenant_company_abc.trading_signals where signal_id ~ '^planted'` },
    variants: { ...formsOf('of another', signal('own_u0')), ...formsOf('of the company', signal(null)) },
  },
]

import { type Mechanism, rowSecurity } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'

const honest = 'select * from public.notes'
const noMembership = (role: string): Mechanism => ({
  name: `no membership of companies: ${role}`,
  off: async (client) => void (await client.query(`grant ${role} to dbsvc_companies with inherit true`)),
  on: async (client) => void (await client.query(`revoke ${role} from dbsvc_companies`)),
})
const files = (role: string, list: readonly string[]): Technique => ({
  name: `COPY as ${role}`,
  entry: 'login',
  secret: 'files and programs of the machine',
  refusal: /^42501 permission denied to COPY/,
  mechanism: noMembership(role),
  success: 'runs',
  honest,
  variants: each(list, (statement) => statement),
})

/** What the protocol of a session of its own offers beside plain statements. */
export const techniques: readonly Technique[] = [
  files('pg_execute_server_program', [
    `copy (select 1) to program 'cat > /dev/null'`,
    `copy public.notes to program 'cat > /dev/null'`,
    `copy (select text from public.notes) to program 'cat > /dev/null' (format csv)`,
  ]),
  files('pg_write_server_files', [
    `copy (select 1) to '/dev/null'`,
    `copy public.notes to '/dev/null'`,
    `copy public.notes (text) to '/dev/null' (format binary)`,
    `copy (table public.notes) to '/dev/null' csv header`,
  ]),
  {
    name: 'page through others by what a session keeps',
    entry: 'login',
    secret: 'rows of the victim',
    refusal: /^ok$/,
    mechanism: rowSecurity,
    success: 'canary',
    honest,
    variants: {
      'a cursor': ['begin', 'declare c cursor for table public.notes', 'fetch all from c'],
      'a scrolling cursor': [
        'begin',
        'declare c scroll cursor for table public.notes',
        'fetch last from c',
        'fetch backward all from c',
      ],
      'a cursor that is held': ['declare c cursor with hold for table public.notes', 'fetch all from c', 'close c'],
      'a prepared statement': ['prepare p as select * from public.notes', 'execute p', 'execute p'],
      'a generic plan': [
        'set plan_cache_mode = force_generic_plan',
        'prepare p (int) as select * from public.notes where note_id > $1',
        'execute p (0)',
      ],
      'several statements': `select 1; select * from public.notes`,
      'behind a savepoint': ['begin', 'savepoint s', 'select 1', 'rollback to s', 'select * from public.notes'],
      'in a transaction that only reads': ['begin read only', 'select * from public.notes'],
      'in a serializable one': ['begin isolation level serializable', 'select * from public.notes'],
      'with row security off': ['set row_security = on', 'select * from public.notes'],
    },
  },
]

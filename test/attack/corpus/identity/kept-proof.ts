import { noGrant } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'

const common = {
  secret: 'rows of the victim',
  refusal: /^42501 permission denied to set parameter "backtrace_functions"/,
  mechanism: noGrant('set on parameter backtrace_functions'),
  success: 'canary',
  honest: 'select * from public.notes',
} as const
const become = `set local app.current_company_id = 'company_xyz'`
const tables = ['public.market_data', 'public.notes', 'tenant_company_xyz.users', 'tenant_company_xyz.trading_history']

/** What dbsvc.enter has verified is kept in a parameter; the session must not be able to put another company there. */
export const techniques: readonly Technique[] = [
  {
    ...common,
    name: 'write a proof by hand',
    entry: 'shared role',
    variants: {
      ...each(tables, (table) => [
        `set local backtrace_functions = 'dbsvc company_xyz '`,
        become,
        `select * from ${table}`,
      ]),
      'SET TO': [`set local backtrace_functions to 'dbsvc company_xyz '`, become, 'select * from public.notes'],
      'a quoted name': [`set local "backtrace_functions" = 'dbsvc company_xyz '`, become, 'select * from public.notes'],
      'with another blank behind it': [
        `set local backtrace_functions = 'dbsvc company_xyz  '`,
        become,
        'select * from public.notes',
      ],
      'before a savepoint': [
        `set local backtrace_functions = 'dbsvc company_xyz '`,
        'savepoint s',
        become,
        'select * from public.notes',
      ],
      'in a time series': [
        `set local backtrace_functions = 'dbsvc company_xyz '`,
        become,
        'select * from public.trading_ticks',
      ],
    },
  },
  {
    ...common,
    name: 'write a proof by hand without a context',
    entry: 'shared role',
    entered: false,
    variants: each(['public.notes', 'public.market_data'], (table) => [
      'begin',
      `set local backtrace_functions = 'dbsvc company_xyz '`,
      become,
      `select * from ${table}`,
    ]),
  },
  {
    ...common,
    name: 'write a proof by hand as a login',
    entry: 'login',
    variants: each(['public.notes', 'public.market_data'], (table) => [
      'begin',
      `set local backtrace_functions = 'dbsvc company_xyz '`,
      become,
      `select * from ${table}`,
    ]),
  },
]

import { checkIn } from '../runner/mechanism.ts'
import type { Kit, Technique } from '../runner/technique.ts'

/** In one message, as a session that waits for the next one in its transaction is ended by another limit. */
const within =
  (limits: { readonly statementTimeoutMs: number }, ...statements: readonly string[]) =>
  (kit: Kit): readonly string[] => {
    const token = kit.token({ limits: { lockTimeoutMs: 1_000, workMemKb: 4_096, parallelWorkers: 0, ...limits } })
    return [['begin', `select dbsvc.enter('${token}')`, ...statements, 'commit'].join('; ')]
  }
// Which the statements exceed on any machine.
const limits = { statementTimeoutMs: 5 }

export const techniques: readonly Technique[] = [
  {
    name: 'work for longer than the tier allows',
    entry: 'shared role',
    entered: false,
    secret: 'processors that others need',
    refusal: /^57014 canceling statement due to statement timeout/,
    mechanism: checkIn(
      'statement_timeout of the context',
      'dbsvc.enter(text)',
      /set_config\('statement_timeout'[^)]*true\)/,
      `''`,
    ),
    success: 'runs',
    honest: 'select * from public.notes',
    variants: {
      'many rows': within(limits, 'select count(*) from generate_series(1, 3000000)'),
      'a product': within(limits, 'select count(*) from generate_series(1, 1500) a, generate_series(1, 1500) b'),
      'a recursion': within(
        limits,
        'with recursive r (n) as (values (1) union all select n + 1 from r where n < 1000000) select max(n) from r',
      ),
      'a large sort': within(
        limits,
        'select count(*) from (select n from generate_series(1, 1000000) n order by md5(n::text)) x',
      ),
      'a long text': within(limits, `select length(string_agg(repeat('x', 1000), '')) from generate_series(1, 100000)`),
      'in a cursor': within(
        limits,
        'declare c cursor for select count(*) from generate_series(1, 3000000)',
        'fetch all from c',
      ),
    },
  },
]

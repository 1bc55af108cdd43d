import type { StoreTechnique } from '../runner/stores.ts'
import { each } from '../runner/technique.ts'
import { withoutGuard } from './routers.ts'

const statements = (list: readonly string[]) => each(list, (statement) => statement) as Record<string, string>
const common = { entry: 'router', refusal: /^DBS-2404 /, mechanism: 'the guard', alterations: withoutGuard } as const

/** Sent to execute, which takes INSERT. */
export const writes: readonly StoreTechnique<string>[] = [
  {
    ...common,
    name: 'write to a table of another company',
    secret: 'that something of the victim changes',
    success: /the victim has changed/,
    variants: statements([
      "insert into tenant_ab_c.sums values (9, 'x')",
      "insert into table tenant_ab_c.sums values (9, 'x')",
      "insert into `tenant_ab_c`.`sums` values (9, 'x')",
      'insert into "tenant_ab_c" /* x */ . sums (id) values (9)',
      "insert into `\\x74enant_ab_c`.sums values (9, 'x')",
      "insert into tenant_ab_c\n.\nsums (id, note) values (9, 'x')",
      "insert into tenant_ab_c.sums (* except (id)) values ('x')",
      "insert into tenant_ab_c.sums select 9, 'x'",
      "insert into tenant_ab_c.sums with 9 as id select id, 'x'",
      "insert into shared.everyones values ('x')",
      "insert into `shared`.everyones select 'x'",
    ]),
  },
  {
    ...common,
    name: 'copy rows of another company into its own table',
    secret: 'rows of the victim',
    success: /canary|ab_c/,
    variants: statements([
      'insert into sums select id, note from tenant_ab_c.sums',
      'insert into sums (note) select note from shared.everyones',
      'insert into sums select * from (select id, note from tenant_ab_c.sums)',
      'insert into sums with x as (select id, note from tenant_ab_c.sums) select * from x',
      'insert into sums select 1, (select any(note) from tenant_ab_c.sums)',
      "insert into sums select id, note from merge('tenant_ab_c', 'sums')",
      "insert into sums select 1, 'x' union all select id, note from tenant_ab_c.sums",
      'insert into sums select 1, name from system.databases',
      'insert into sums select 1, note from view(select note from tenant_ab_c.sums)',
    ]),
  },
  {
    ...common,
    name: 'write past the tables, or by other terms',
    secret: 'the machine and the server, and how statements run',
    success: 'runs',
    variants: statements([
      "insert into function null('id UInt64') values (1)",
      "insert into table function null('id UInt64') select 1",
      "insert into sums settings max_threads = 1 values (9, 'x')",
      "insert into sums select 9, 'x' settings max_threads = 1",
      'insert into sums format JSONEachRow {"id": 9, "note": "x"}',
      'create table own (id UInt8) engine = Memory',
      'alter table tenant_ab_c.sums delete where id = 9',
      'optimize table tenant_ab_c.sums',
      'system flush logs',
    ]),
  },
]

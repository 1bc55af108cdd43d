import { noGrant } from '../runner/mechanism.ts'
import type { Technique } from '../runner/technique.ts'

const common = {
  entry: 'shared role',
  secret: 'SQL or settings out of a string, which no parser has seen',
  refusal: /^42501 permission denied for (function|language)/,
  success: 'runs',
  honest: 'select * from notes',
} as const
const call = `set_config('my.company', 'company_xyz', true)`

export const techniques: readonly Technique[] = [
  {
    ...common,
    name: 'set_config in every position',
    mechanism: noGrant('execute on function pg_catalog.set_config(text, text, boolean)'),
    variants: {
      'target list': `select ${call}`,
      'beside columns': `select ${call}, text from notes`,
      'a common table expression': `with x as materialized (select ${call}) select * from x, notes`,
      where: `select * from notes where ${call} = 'company_xyz'`,
      'order by': `select * from notes order by ${call}`,
      'group by': `select count(*) from notes group by ${call}`,
      having: `select count(*) from notes having ${call} is not null`,
      lateral: `select * from notes n, lateral (select ${call} || n.note_id offset 0) s`,
      'from a function': `select * from ${call}`,
      values: `values (${call})`,
      'inside a call': `select length(${call})`,
      limit: `select * from notes limit length(${call})`,
      window: `select count(*) over (partition by ${call}) from notes`,
      returning: `update notes set text = text returning ${call}`,
      'set of update': `update notes set text = ${call}`,
      insert: `insert into notes select 'company_abc', 50, ${call}`,
      'on conflict': `insert into notes values ('company_abc', 1, 'x') on conflict (company_id, note_id) do update set text = ${call}`,
      case: `select case when true then ${call} end`,
      'with its schema': `select pg_catalog.${call}`,
    },
  },
  {
    ...common,
    name: 'DO',
    mechanism: noGrant('usage on language plpgsql'),
    variants: {
      'a block': 'do $$ begin perform 1; end $$',
      'with dynamic SQL': `do $$ begin execute 'set local app.current_company_id = company_xyz'; end $$`,
      'with a language': 'do language plpgsql $$ begin end $$',
    },
  },
  {
    ...common,
    name: 'query_to_xml and its kin',
    mechanism: noGrant(
      'execute on function pg_catalog.query_to_xml(text, boolean, boolean, text)',
      'execute on function pg_catalog.query_to_xmlschema(text, boolean, boolean, text)',
      'execute on function pg_catalog.query_to_xml_and_xmlschema(text, boolean, boolean, text)',
      'execute on function pg_catalog.table_to_xml(regclass, boolean, boolean, text)',
      'execute on function pg_catalog.schema_to_xml(name, boolean, boolean, text)',
      'execute on function pg_catalog.cursor_to_xmlschema(refcursor, boolean, boolean, text)',
      'execute on function pg_catalog.cursor_to_xml(refcursor, integer, boolean, boolean, text)',
      'execute on function pg_catalog.database_to_xmlschema(boolean, boolean, text)',
      'execute on function pg_catalog.schema_to_xml_and_xmlschema(name, boolean, boolean, text)',
    ),
    variants: {
      query_to_xml: `select query_to_xml('select 1', true, true, '')`,
      query_to_xmlschema: `select query_to_xmlschema('select 1', true, true, '')`,
      query_to_xml_and_xmlschema: `select query_to_xml_and_xmlschema('select 1', true, true, '')`,
      table_to_xml: `select table_to_xml('users', true, true, '')`,
      schema_to_xml: `select schema_to_xml('tenant_company_abc', true, true, '')`,
      schema_to_xml_and_xmlschema: `select schema_to_xml_and_xmlschema('tenant_company_abc', true, true, '')`,
      database_to_xmlschema: `select database_to_xmlschema(true, true, '')`,
      cursor_to_xml: ['declare c cursor for select 1 as a', `select cursor_to_xml('c', 1, true, true, '')`],
      cursor_to_xmlschema: ['declare c cursor for select 1 as a', `select cursor_to_xmlschema('c', true, true, '')`],
    },
  },
  {
    ...common,
    name: 'database_to_xml',
    // With TimescaleDB there are views of its own that it stumbles over.
    on: 'partitions',
    mechanism: noGrant(
      'execute on function pg_catalog.database_to_xml(boolean, boolean, text)',
      'execute on function pg_catalog.database_to_xml_and_xmlschema(boolean, boolean, text)',
    ),
    variants: {
      database_to_xml: `select length(database_to_xml(true, true, '')::text)`,
      database_to_xml_and_xmlschema: `select length(database_to_xml_and_xmlschema(true, true, '')::text)`,
    },
  },
  {
    ...common,
    name: 'text search that takes SQL',
    mechanism: noGrant(
      'execute on function pg_catalog.ts_stat(text)',
      'execute on function pg_catalog.ts_stat(text, text)',
      'execute on function pg_catalog.ts_rewrite(tsquery, text)',
    ),
    variants: {
      ts_stat: `select * from ts_stat('select to_tsvector(text) from notes')`,
      'ts_stat with weights': `select * from ts_stat('select to_tsvector(text) from notes', 'ab')`,
      ts_rewrite: `select ts_rewrite('a'::tsquery, 'select ''a''::tsquery, ''b''::tsquery')`,
    },
  },
]

import { noAttribute, noMembership, noOwner } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'

const common = {
  entry: 'shared role',
  secret: 'rows of the victim',
  success: 'canary',
  honest: 'select * from notes',
} as const

export const techniques: readonly Technique[] = [
  {
    ...common,
    name: 'become the owner',
    refusal: /^42501 permission denied to set role/,
    mechanism: noOwner,
    variants: {
      'SET LOCAL ROLE': ['set local role dbsvc_owner', 'select * from public.notes'],
      'SET ROLE': ['set role dbsvc_owner', 'select * from public.notes'],
      'SET SESSION ROLE': ['set session role "dbsvc_owner"', 'select * from public.market_data'],
      'SET of the setting': [`set role to 'dbsvc_owner'`, 'select * from public.measures'],
    },
  },
  {
    ...common,
    name: 'become the keeper of the keys',
    secret: 'a key, which signs for any company',
    refusal: /^42501 permission denied to set role/,
    mechanism: noMembership('dbsvc_keeper'),
    success: /leaked/,
    variants: { 'SET LOCAL ROLE': ['set local role dbsvc_keeper', 'select key_id from dbsvc.context_keys'] },
  },
  {
    ...common,
    name: 'become a superuser',
    refusal: /^42501 permission denied to set (session authorization|role)/,
    mechanism: noAttribute('superuser'),
    variants: {
      'SET SESSION AUTHORIZATION': ['set session authorization postgres', 'select * from public.notes'],
      'SET ROLE': ['set role postgres', 'select * from public.notes'],
    },
  },
  {
    ...common,
    name: 'bypass row security',
    refusal: /^(ok|42501 query would be affected by row-level security)/,
    mechanism: noAttribute('bypassrls'),
    variants: {
      'without a setting': 'select * from public.notes',
      'row_security = off': ['set local row_security = off', 'select * from public.notes'],
      'row_security = off, writing': [
        'set local row_security = off',
        'update public.notes set text = text returning *',
      ],
    },
  },
  {
    ...common,
    name: 'make a role',
    secret: 'a role of its own',
    refusal: /^42501 permission denied to create role/,
    mechanism: noAttribute('createrole'),
    success: 'runs',
    variants: each(['create role mine', 'create user mine', 'create group mine'], (sql) => sql),
  },
  {
    ...common,
    name: 'read all data',
    refusal: /^42501 permission denied for schema private_shared/,
    mechanism: noMembership('pg_read_all_data'),
    variants: each(['trading_ticks', 'ai_predictions'], (table) => `select * from private_shared.${table}`),
  },
  {
    ...common,
    name: 'run a program on the server',
    secret: "the server's machine",
    refusal: /^42501 permission denied to COPY to or from an external program/,
    mechanism: noMembership('pg_execute_server_program'),
    success: 'runs',
    variants: {
      'COPY TO PROGRAM': `copy (select 1) to program 'cat > /dev/null'`,
      'COPY of own rows': `copy (select * from notes) to program 'tail > /dev/null'`,
    },
  },
  {
    ...common,
    name: 'write a file on the server',
    secret: "the server's machine",
    refusal: /^42501 permission denied to COPY to a file/,
    mechanism: noMembership('pg_write_server_files'),
    success: 'runs',
    variants: { 'COPY TO': `copy (select 1) to '/dev/null'` },
  },
]

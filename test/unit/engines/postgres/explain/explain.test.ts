import { expect, test } from 'vitest'
import { explainPlan } from '../../../../../src/engines/postgres/explain/explain.ts'
import { conjunctsOf } from '../../../../../src/engines/postgres/explain/plan.ts'

test.each([
  [undefined, []],
  ['(a.b = 1)', ['a.b = 1']],
  ['((a.b = 1) AND (a.c = 2))', ['a.b = 1', 'a.c = 2']],
  [
    `((a.b = ' AND ('::text) AND ((a.c = 1) OR ((a.d = 1) AND (a.e = 2))))`,
    [`a.b = ' AND ('::text`, '(a.c = 1) OR ((a.d = 1) AND (a.e = 2))'],
  ],
  ['(a.b AND a.c)', ['a.b', 'a.c']],
])('%s consists of its conditions', (filter, conditions) => {
  expect(conjunctsOf(filter)).toEqual(conditions)
})

const facts = { indexes: new Map(), timeColumns: new Map([['public.ticks', 'at']]) }
const terms = { company: 'ab', user: null, facts }

test('what a policy looks up is hidden as PostgreSQL 15 writes it, too', () => {
  const printed = [
    {
      Plan: {
        'Node Type': 'Seq Scan',
        Schema: 'public',
        'Relation Name': 'notes',
        Alias: 'notes',
        'Plan Rows': 12,
        Filter: `((notes.company_id = ANY (ARRAY[$0])) AND (notes.company_id = current_setting('app.current_company_id'::text)))`,
        Plans: [
          {
            'Node Type': 'Result',
            'Parent Relationship': 'InitPlan',
            'Subplan Name': 'InitPlan 1 (returns $0)',
            Output: [
              `CASE WHEN (split_part(current_setting('backtrace_functions'::text), ' '::text, 1) = 'dbsvc'::text) THEN split_part(current_setting('backtrace_functions'::text), ' '::text, 2) ELSE dbsvc.verified_company() END`,
            ],
          },
        ],
      },
    },
  ]
  expect(explainPlan(JSON.stringify(printed), terms).plan).toEqual({
    'Node Type': 'Seq Scan',
    Schema: 'public',
    'Relation Name': 'notes',
    Alias: 'notes',
    Filter: '((notes.company_id = ANY (ARRAY[<company>])) AND (notes.company_id = <company>))',
  })
})

test('one node stands for all partitions, under the name of their series', () => {
  const partition = (number: number) => ({
    'Node Type': 'Index Scan',
    Schema: 'private_shared',
    'Relation Name': `ticks_p2026010${number}`,
    'Index Name': `ticks_p2026010${number}_idx`,
    Alias: `t_${number}`,
    'Plan Rows': number,
    'Index Cond': `(t_${number}.at > now())`,
    'A field of a later version': 'secret',
  })
  const printed = [{ Plan: { 'Node Type': 'Append', 'Subplans Removed': 7, Plans: [1, 2, 3].map(partition) } }]
  expect(explainPlan(JSON.stringify(printed), terms)).toEqual({
    plan: {
      'Node Type': 'Append',
      Plans: [
        {
          'Node Type': 'Index Scan',
          Schema: 'public',
          'Relation Name': 'ticks',
          Alias: 't',
          'Index Cond': '(t.at > now())',
        },
      ],
    },
    advice: [],
  })
})

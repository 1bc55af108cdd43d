import { beforeAll, expect, test } from 'vitest'
import { pureFunctions, varyingFunctions } from '../../../src/engines/postgres/guard/functions.ts'
import { type Cluster, createCluster } from '../../support/shipped-cluster.ts'

let cluster: Cluster

beforeAll(async () => {
  cluster = await createCluster()
})

/** Parts of SQL's grammar that are written as calls of no function. */
const ofGrammar = ['greatest', 'least', 'nullif']

/** Built-in functions of these names that are of the given kind. */
const namesThat = async (condition: string, names: ReadonlySet<string>): Promise<string[]> => {
  const rows = await cluster.database.query<{ proname: string }>(
    `select distinct proname::text from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname = any ('{${[...names].join()}}') and ${condition} order by 1`,
  )
  return rows.map(({ proname }) => proname)
}

test('every function that is allowed is one of PostgreSQL’s', async () => {
  const all = new Set([...pureFunctions, ...varyingFunctions])
  expect([...all].filter((name) => !ofGrammar.includes(name)).sort()).toEqual((await namesThat('true', all)).sort())
})

test('none of those called pure is volatile', async () => {
  expect(await namesThat(`provolatile = 'v'`, pureFunctions)).toEqual([])
})

test('none of them takes the name of an object, or is a procedure', async () => {
  const lookUps = `array['regclass', 'regproc', 'regprocedure', 'regrole', 'regnamespace', 'regtype', 'regoper', 'regoperator', 'internal']::regtype[]`
  expect(
    await namesThat(
      `(prokind = 'p' or proargtypes::oid[] && ${lookUps}::oid[] or prorettype = any (${lookUps}::oid[])) and prokind <> 'a'`,
      new Set([...pureFunctions, ...varyingFunctions]),
    ),
  ).toEqual([])
})

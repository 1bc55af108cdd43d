import { expect, test } from 'vitest'
import { builtInTypes } from '../../src/engines/postgres/values/kinds.ts'
import { createDatabase } from '../support/database.ts'

test('types and their arrays have the OIDs by which results name them', async () => {
  const database = await createDatabase()
  const known = await database.query<{ name: string; oid: number; array: number; separator: string }>(
    `select typname as name, oid::int, typarray::int as array, typdelim as separator from pg_type where typname = any ($1)
     and typnamespace = 'pg_catalog'::regnamespace`,
    [builtInTypes.map(([name]) => name)],
  )
  const byName = new Map(known.map(({ name, ...rest }) => [name, rest]))
  for (const [name, , oid, array] of builtInTypes) {
    expect([name, byName.get(name)]).toEqual([name, { oid, array, separator: ',' }])
  }
})

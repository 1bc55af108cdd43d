import { Database } from 'arangojs'
import { ArangoError } from 'arangojs/errors'
import { afterEach, expect, test } from 'vitest'
import { type RunningStandIn, startArangoStandIn } from '../../standins/arango/start.ts'

let running: RunningStandIn | null = null

afterEach(() => running?.stop())

async function start(transactionIdleMs?: number): Promise<Database> {
  running = await startArangoStandIn({
    rootPassword: 'x',
    ...(transactionIdleMs === undefined ? {} : { transactionIdleMs }),
  })
  return new Database({ url: running.url, auth: { username: 'root', password: 'x' } })
}

const errorOf = (answer: Promise<unknown>): Promise<unknown> => answer.catch((error: unknown) => error)

test('every answer says that it is from a stand-in', async () => {
  const database = await start()
  expect(await database.version()).toMatchObject({ server: 'arango', license: 'stand-in' })
  const response = await fetch(`${running?.url}/_api/collection`)
  expect(response.status).toBe(401)
  expect(response.headers.get('x-dbsvc-stand-in')).toBe('arango')
})

test.each([
  ['a path', (database: Database) => database.route('/_api/tasks').get()],
  [
    'a kind of index',
    (database: Database) =>
      database.collection('c').ensureIndex({ type: 'mdi', fields: ['a'], fieldValueTypes: 'double' }),
  ],
  ['a function', (database: Database) => database.query('RETURN LEVENSHTEIN_DISTANCE("a", "b")')],
  ['a search', (database: Database) => database.query('FOR d IN v SEARCH d.a == 1 RETURN d')],
  [
    'a shortest path',
    (database: Database) => database.query('FOR v IN OUTBOUND SHORTEST_PATH "c/a" TO "c/b" e RETURN v'),
  ],
  [
    'WINDOW',
    (database: Database) => database.query('FOR d IN [1] WINDOW {preceding: 1} AGGREGATE s = SUM(d) RETURN s'),
  ],
  [
    'computed values',
    (database: Database) =>
      database.createCollection('d', {
        computedValues: [{ name: 'a', expression: 'RETURN 1', overwrite: true }],
      }),
  ],
])('%s that it does not have is answered with 501, and not with something like it', async (_, ask) => {
  const database = await start()
  await database.createCollection('c')
  const error = await errorOf(ask(database))
  expect(error).toBeInstanceOf(ArangoError)
  expect(error).toMatchObject({ code: 501, errorNum: 501, message: expect.stringContaining('stand-in') })
})

test('a transaction that nobody uses is aborted, one that is used is not', async () => {
  const database = await start(150)
  const accounts = await database.createCollection('accounts')
  const used = await database.beginTransaction({ write: ['accounts'] })
  const idle = await database.beginTransaction({ write: ['accounts'] })
  await idle.step(() => accounts.save({ _key: 'idle' }))
  const deadline = performance.now() + 400
  while (performance.now() < deadline) {
    await used.step(() => accounts.count())
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(await idle.get()).toMatchObject({ status: 'aborted' })
  expect(await used.commit()).toMatchObject({ status: 'committed' })
  expect(await accounts.documentExists('idle')).toBe(false)
  await accounts.save({ _key: 'idle' })
})

test('two that give the same unique value are in conflict, whichever commits first', async () => {
  const database = await start()
  const accounts = await database.createCollection('accounts')
  await accounts.ensureIndex({ type: 'persistent', fields: ['mail'], unique: true })
  const one = await database.beginTransaction({ write: ['accounts'] })
  const other = await database.beginTransaction({ write: ['accounts'] })
  await one.step(() => accounts.save({ mail: 'm' }))
  const save = (): Promise<unknown> => errorOf(other.step(() => accounts.save({ mail: 'm' })))
  expect(await save()).toMatchObject({ errorNum: 1200 })
  expect(await errorOf(accounts.save({ mail: 'm' }))).toMatchObject({ errorNum: 1200 })
  await one.commit()
  expect(await save()).toMatchObject({ errorNum: 1200 })
})

test('two documents may change places in a unique index in one transaction', async () => {
  const database = await start()
  const accounts = await database.createCollection('accounts')
  await accounts.ensureIndex({ type: 'persistent', fields: ['n'], unique: true })
  await accounts.saveAll([
    { _key: 'a', n: 1 },
    { _key: 'b', n: 2 },
  ])
  const transaction = await database.beginTransaction({ write: ['accounts'] })
  for (const [key, n] of [
    ['a', 3],
    ['b', 1],
    ['a', 2],
  ] as const)
    await transaction.step(() => accounts.update(key, { n }))
  await transaction.commit()
  expect(await errorOf(accounts.save({ n: 1 }))).toMatchObject({ errorNum: 1210 })
  expect(await errorOf(accounts.save({ n: 2 }))).toMatchObject({ errorNum: 1210 })
  await accounts.save({ n: 3 })
})

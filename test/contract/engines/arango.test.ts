import type { Database } from 'arangojs'
import { beforeAll, expect, test } from 'vitest'
import { arangoServer, connectArango, type TestArango } from '../../support/arango.ts'
import { refusal } from '../../support/arango-refusal.ts'
import { describeEngine } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'

describeEngine('arango', 'databases and users', () => {
  let server: TestArango
  let system: Database

  beforeAll(async () => {
    server = await arangoServer()
    system = connectArango(server)
  })

  async function companyOf(name: string): Promise<Database> {
    await system.createDatabase(name, { users: [{ username: name, passwd: 'secret' }] })
    return connectArango(server, name, name, 'secret')
  }

  test('whoever asks learns what server it is, and whether it is available without being known to it', async () => {
    expect(await system.version()).toMatchObject({ server: 'arango', version: expect.stringMatching(/^3\./) })
    expect(await system.engine()).toMatchObject({ name: 'rocksdb' })
    expect(await connectArango(server, '_system', 'nobody', 'x').availability()).toBe('default')
    const metrics = await system.route('/_admin/metrics/v2').get()
    expect(String(metrics.parsedBody)).toContain('arangodb_server_statistics_server_uptime_total')
  })

  test('a wrong password is refused, a token works, also renewed', async () => {
    const name = uniqueName('company')
    const company = await companyOf(name)
    expect(await refusal(connectArango(server, name, name, 'wrong').get())).toEqual([401, 11])
    expect(await refusal(connectArango(server, name).login(name, 'wrong'))).toEqual([401, 401])
    const token = await company.login(name, 'secret')
    expect(token.split('.')).toHaveLength(3)
    expect((await company.get()).name).toBe(name)
    expect(await company.renewAuthToken()).toEqual(expect.any(String))
    expect(await refusal(company.useBearerAuth(`${token}x`).get())).toEqual([401, 11])
  })

  test('a database is created with its user, who sees no other one', async () => {
    const [one, other] = [uniqueName('company'), uniqueName('company')]
    const company = await companyOf(one)
    await companyOf(other)
    expect(await company.listUserDatabases()).toEqual([one])
    expect((await company.get()).name).toBe(one)
    expect(await refusal(connectArango(server, other, one, 'secret').listCollections())).toEqual([401, 11])
    expect(await refusal(connectArango(server, other, one, 'secret').query('RETURN 1'))).toEqual([401, 11])
    expect(await system.listDatabases()).toEqual(expect.arrayContaining([one, other, '_system']))
  })

  test('what exists, is missing or has no valid name is said by number', async () => {
    const name = uniqueName('company')
    await companyOf(name)
    expect(await refusal(system.createDatabase(name))).toEqual([409, 1207])
    expect(await refusal(system.createDatabase('1 2'))).toEqual([400, 1229])
    expect(await refusal(system.dropDatabase(uniqueName('missing')))).toEqual([404, 1228])
    expect(await system.database(uniqueName('missing')).exists()).toBe(false)
    expect(await refusal(connectArango(server, name).createDatabase(uniqueName('inner')))).toEqual([403, 1230])
  })

  test('a dropped database is gone for its user too', async () => {
    const name = uniqueName('company')
    const company = await companyOf(name)
    expect(await system.dropDatabase(name)).toBe(true)
    expect(await refusal(company.get())).toEqual([404, 1228])
    expect(await system.getUserDatabases(name)).not.toHaveProperty(name)
  })

  test('a user may create neither databases nor users, and read nobody else', async () => {
    const name = uniqueName('company')
    await companyOf(name)
    const own = connectArango(server, name, name, 'secret')
    expect(await refusal(own.createUser(uniqueName('user'), 'x'))).toEqual([403, 11])
    expect(await refusal(own.getUser('root'))).toEqual([403, 11])
    expect(await own.getUser(name)).toMatchObject({ user: name, active: true })
    expect(await refusal(own.setUserAccessLevel(name, { database: '_system' }, 'rw'))).toEqual([403, 11])
  })

  test('a user who may only read can read and not write', async () => {
    const name = uniqueName('company')
    await companyOf(name)
    const owner = connectArango(server, name)
    await owner.createCollection('trades')
    await owner.collection('trades').save({ _key: 'a' })
    await system.setUserAccessLevel(name, { database: name }, 'ro')
    expect(await system.getUserAccessLevel(name, { database: name })).toBe('ro')
    const reader = connectArango(server, name, name, 'secret')
    expect(await (await reader.query('FOR t IN trades RETURN t._key')).all()).toEqual(['a'])
    expect(await reader.collection('trades').document('a')).toMatchObject({ _key: 'a' })
    expect(await refusal(reader.collection('trades').save({}))).toEqual([403, 11])
    expect(await refusal(reader.query('INSERT {} INTO trades'))).toEqual([403, 11])
    expect(await refusal(reader.createCollection('more'))).toEqual([403, 11])
    await system.setUserAccessLevel(name, { database: name }, 'none')
    expect(await refusal(reader.collection('trades').document('a'))).toEqual([401, 11])
  })

  test('a user is changed, switched off and removed', async () => {
    const name = uniqueName('user')
    await system.createUser(name, { passwd: 'one', extra: { of: 'tests' } })
    expect(await refusal(system.createUser(name, 'x'))).toEqual([409, 1702])
    await system.setUserAccessLevel(name, { database: '_system' }, 'ro')
    await system.updateUser(name, { passwd: 'two' })
    expect(await refusal(connectArango(server, '_system', name, 'one').get())).toEqual([401, 11])
    expect((await connectArango(server, '_system', name, 'two').get()).name).toBe('_system')
    await system.updateUser(name, { active: false })
    expect(await refusal(connectArango(server, '_system', name, 'two').get())).toEqual([401, 11])
    expect((await system.listUsers()).map(({ user }) => user)).toContain(name)
    await system.removeUser(name)
    expect(await refusal(system.getUser(name))).toEqual([404, 1703])
    expect(await refusal(system.removeUser(name))).toEqual([404, 1703])
  })

  test('a malformed request is refused', async () => {
    const post = (path: string, body: unknown): Promise<unknown> => system.route(path).post(body)
    expect(await refusal(post('/_api/database', { name: 5 }))).toEqual([400, expect.any(Number)])
    expect(await refusal(post('/_api/user', { user: 5 }))).toEqual([400, expect.any(Number)])
    expect(await refusal(post('/_api/cursor', { query: 5 }))).toEqual([400, expect.any(Number)])
    const path = `/_api/user/root/database/${uniqueName('x')}`
    expect(await refusal(system.route(path).put({ grant: 'all' }))).toEqual([400, expect.any(Number)])
    const half = system.route('/_api/database').post('', '{"name":', undefined, { 'content-type': 'application/json' })
    expect(await refusal(half)).toEqual([400, 600])
  })

  test('what the server does not have is no success', async () => {
    const [status] = await refusal(system.route('/_api/no-such-thing').get())
    expect([404, 501]).toContain(status)
  })
})

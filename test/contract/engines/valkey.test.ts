import type { Redis } from 'ioredis'
import { beforeAll, describe, expect, test } from 'vitest'
import { describeEngine, engineFinding } from '../../support/engines.ts'
import { ownDirectory, stopServer } from '../../support/shared-server.ts'
import { uniqueName } from '../../support/unique-name.ts'
import { connectValkey, startValkey, type TestValkey, valkeyServer } from '../../support/valkey.ts'

const commands = [
  '+get',
  '+set',
  '+del',
  '+mget',
  '+mset',
  '+hset',
  '+hgetall',
  '+expire',
  '+publish',
  '+subscribe',
  '+ping',
]

/** The rights of a company's user, as dbsvc will give them. */
function rights(company: string, password: string): string[] {
  const own = `t:${company}:*`
  return ['reset', 'on', `>${password}`, 'resetkeys', `~${own}`, 'resetchannels', `&${own}`, '-@all', ...commands]
}

describeEngine('valkey', 'ACL users of companies', () => {
  let server: TestValkey
  let admin: Redis

  beforeAll(async () => {
    server = await valkeyServer()
    admin = connectValkey(server)
  })

  async function companyUser(company: string): Promise<Redis> {
    await admin.call('ACL', 'SETUSER', company, ...rights(company, 'secret'))
    return connectValkey(server, { name: company, password: 'secret' })
  }

  test('a company reads and writes its own keys', async () => {
    const company = uniqueName('company')
    const client = await companyUser(company)
    await client.set(`t:${company}:a`, '1', 'EX', 60)
    await client.hset(`t:${company}:h`, 'field', 'value')
    expect(await client.mget(`t:${company}:a`, `t:${company}:missing`)).toEqual(['1', null])
    expect(await client.hgetall(`t:${company}:h`)).toEqual({ field: 'value' })
  })

  test('a company whose name begins as the name of another one reaches none of its keys', async () => {
    const short = uniqueName('ab')
    const long = `${short}_c`
    const [one, other] = [await companyUser(short), await companyUser(long)]
    await one.set(`t:${short}:k`, 'short')
    await other.set(`t:${long}:k`, 'long')
    await expect(one.get(`t:${long}:k`)).rejects.toThrow(/NOPERM/)
    await expect(other.get(`t:${short}:k`)).rejects.toThrow(/NOPERM/)
    await expect(one.set(`t:${long}:k`, 'x')).rejects.toThrow(/NOPERM/)
  })

  test('one foreign key among several is enough for a refusal', async () => {
    const company = uniqueName('company')
    const client = await companyUser(company)
    await expect(client.mget(`t:${company}:a`, 't:other:a')).rejects.toThrow(/NOPERM/)
    await expect(client.mset(`t:${company}:a`, '1', 't:other:a', '1')).rejects.toThrow(/NOPERM/)
    await expect(client.del(`t:${company}:a`, 't:other:a')).rejects.toThrow(/NOPERM/)
  })

  test.each([
    ['SCAN', '0'],
    ['KEYS', '*'],
    ['RANDOMKEY'],
    ['DBSIZE'],
    ['FLUSHALL'],
    ['FLUSHDB'],
    ['EVAL', 'return 1', '0'],
    ['FUNCTION', 'LIST'],
    ['CONFIG', 'GET', '*'],
    ['ACL', 'LIST'],
    ['CLIENT', 'LIST'],
    ['INFO'],
    ['MONITOR'],
    ['SELECT', '1'],
    ['SWAPDB', '0', '1'],
    ['SHUTDOWN', 'NOSAVE'],
  ])('%s is refused', async (command, ...args) => {
    const client = await companyUser(uniqueName('company'))
    await expect(client.call(command, ...args)).rejects.toThrow(/NOPERM/)
  })

  test('SCAN ignores the patterns of a user who is given it, so that nobody may be', async () => {
    const [company, other] = [uniqueName('company'), uniqueName('other')]
    const client = await companyUser(company)
    await admin.set(`t:${other}:hidden`, '1')
    await admin.call('ACL', 'SETUSER', company, '+scan')
    const found: string[] = []
    for (let cursor = '0'; ; ) {
      const [next, keys] = await client.scan(cursor, 'COUNT', 1000)
      found.push(...keys)
      cursor = next
      if (cursor === '0') break
    }
    expect(found).toContain(`t:${other}:hidden`)
  })

  test('channels are separated like keys', async () => {
    const company = uniqueName('company')
    const client = await companyUser(company)
    await expect(client.publish('t:other:events', 'x')).rejects.toThrow(/NOPERM/)
    expect(await client.publish(`t:${company}:events`, 'x')).toBe(0)
    await expect(client.subscribe('t:other:events')).rejects.toThrow(/NOPERM/)
  })

  test('a wrong password, and a user who is switched off, are refused; an open connection is closed', async () => {
    const company = uniqueName('company')
    const client = await companyUser(company)
    await client.ping()
    await expect(connectValkey(server, { name: company, password: 'wrong' }).connect()).rejects.toThrow(
      /WRONGPASS|closed/,
    )
    await admin.call('ACL', 'DELUSER', company)
    await expect(client.ping()).rejects.toThrow()
    await expect(connectValkey(server, { name: company, password: 'secret' }).connect()).rejects.toThrow(
      /WRONGPASS|closed/,
    )
  })

  describe.runIf(engineFinding('valkey').program !== null)('after a restart', () => {
    test('users who were saved are there, and those who were not are gone', async () => {
      const directory = await ownDirectory('valkey')
      const before = await startValkey(directory)
      const first = connectValkey(before)
      await first.call('ACL', 'SETUSER', 'saved', ...rights('saved', 'secret'))
      await first.call('ACL', 'SAVE')
      await first.call('ACL', 'SETUSER', 'unsaved', ...rights('unsaved', 'secret'))
      await stopServer(before.pid, 'SIGKILL')
      const after = await startValkey(directory)
      const client = connectValkey(after, { name: 'saved', password: 'secret' })
      expect(await client.set('t:saved:k', '1')).toBe('OK')
      await expect(client.get('t:other:k')).rejects.toThrow(/NOPERM/)
      expect(await connectValkey(after).call('ACL', 'GETUSER', 'unsaved')).toBeNull()
      await stopServer(after.pid)
    })
  })
})

import { expect, test } from 'vitest'
import { migrateTwice, schemas } from '../../support/migrated-twice.ts'

const write = (name: string): string =>
  name.endsWith('.sql')
    ? `create table if not exists ran (n serial, name text); insert into ran (name) values ('${name}');`
    : `exports.up = (pgm) => pgm.sql("create table if not exists ran (n serial, name text); insert into ran (name) values ('${name}')")`

const names: Record<string, readonly string[]> = {
  'four digits, and fewer': ['0001_a.sql', '2_b.sql', '0010_c.sql', '011_d.js', '9_e.ts'],
  'timestamps of 13 digits': ['1700000000000_b.sql', '1600000000000_a.js', '1700000000001_c.sql'],
  'UTC times of 17 digits': ['20240101000000000_b.sql', '20231231235959999_a.js', '20240101000000001_c.sql'],
  'all of them mixed': [
    '0001_first.sql',
    '0100_second.sql',
    '1600000000000_third.sql',
    '20210101000000000_between_the_two_timestamps.sql',
    '1700000000000_fifth.js',
    '20240101000000000_last.sql',
  ],
  'versions longer than a double holds': [
    '90071992547409931_a.sql',
    '900719925474099310000_c.sql',
    '900719925474099300000_b.sql',
  ],
  'one version, several names': [
    '0001_users.sql',
    '0001_users_and_more.sql',
    '0001-users-x.js',
    '0001_Users2.sql',
    '0001_a10.sql',
    '0001_a9.sql',
    '0001_é.sql',
    '1_a.sql',
  ],
  'names with more than one dot': ['0001_a.up.sql', '0001_a.b.js', '0002.sql', '0003.x_y.sql'],
}

test.each(Object.entries(names))('%s run in the order they ran', async (_name, files) => {
  const twice = await migrateTwice(Object.fromEntries(files.map((name) => [name, write(name)])))
  await twice.compare()
  for (const schema of schemas) {
    const sql = `select name from ${schema}.ran order by n`
    const ours = await twice.ours.query(sql)
    expect(ours).toHaveLength(files.length)
    expect(ours).toEqual(await twice.peers.query(sql))
  }
})

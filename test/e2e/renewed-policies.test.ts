import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { asCompany } from './support/as-company.ts'
import { expectExit, type Given, givenOrders, migration } from './support/given.ts'

/** The conditions that dbsvc wrote before 0026_policies_that_plan. */
const asBefore = (company: string): string => `
  alter policy company_isolation on tenant_${company}.notes
    using ((select current_setting('app.current_company_id', true) = '${company}' or current_user = 'dbsvc_owner'));
  alter policy company_proof on tenant_${company}.notes
    using ((select dbsvc.current_company() = '${company}') and (user_id is null or (select dbsvc.current_user_id()) = any (array['', user_id::text])))
    with check ((select dbsvc.current_company() = '${company}') and (select dbsvc.current_user_id()) = any (array['', user_id::text]));
  alter policy user_update on tenant_${company}.notes using ((select dbsvc.current_user_id()) = any (array['', user_id::text]));
  alter policy user_delete on tenant_${company}.notes using ((select dbsvc.current_user_id()) = any (array['', user_id::text]));
  alter policy company_proof on tenant_${company}.tasks
    using ((select dbsvc.current_company() = '${company}') and (select dbsvc.current_user_id()) = any (array['', user_id::text]))
    with check ((select dbsvc.current_company() = '${company}') and (select dbsvc.current_user_id()) = any (array['', user_id::text]));
  insert into dbsvc.outdated_policies values ('${company}')`

describe('given companies whose tables have the policies of an earlier dbsvc', () => {
  const companies = Array.from({ length: 25 }, (_, index) => `c${String(index).padStart(2, '0')}`)
  const earlier = companies.slice(0, 23)
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({ companies })
    await given.write(
      'migrations/postgres/tenant/0002_notes.sql',
      migration(`create table notes (id int primary key, user_id varchar(50));
        create table tasks (id int primary key, user_id varchar(50) not null);
        insert into notes values (1, 'ann'), (2, 'bob'), (3, null);
        insert into tasks values (1, 'ann'), (2, 'bob');`),
    )
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    for (const company of earlier) await given.database.query(asBefore(company))
  })

  const drifted = async (): Promise<number> =>
    (JSON.parse((await given.dbsvc(['drift', '--json'])).stdout) as { drifted: number }).drifted
  const outdated = async (): Promise<string[]> =>
    (
      await given.database.query<{ company_id: string }>('select company_id from dbsvc.outdated_policies order by 1')
    ).map((row) => row.company_id)

  test('when one of them is in use, then migrate up renews the others and says which one is left', async () => {
    expect(await drifted()).toBeGreaterThan(0)
    const holder = await given.database.connect()
    await holder.query('begin; lock table tenant_c07.tasks in access share mode')
    const run = await given.dbsvc(['migrate', 'up'])
    await holder.query('rollback')
    await holder.end()
    expectExit(run, ExitCode.Ok)
    expect(run.stderr).toContain('tables of c07 are in use')
    expect(await outdated()).toEqual(['c07'])
    expect(await drifted()).toBe(1)
  })

  test('when it is free, then the next run renews it, and all companies are alike', async () => {
    const run = await given.dbsvc(['migrate', 'up'])
    expectExit(run, ExitCode.Ok)
    expect(run.stderr).not.toContain('in use')
    expect(await outdated()).toEqual([])
    expect(await drifted()).toBe(0)
  })

  test('then they let through what they did before', async () => {
    const ids = async (company: string, user: string, text: string) =>
      (await asCompany<{ id: number }>(given.database, { company, user }, text)).map(({ id }) => id)
    for (const company of ['c00', 'c07', 'c24']) {
      expect(await ids(company, '', 'select id from notes order by id')).toEqual([1, 2, 3])
      expect(await ids(company, 'ann', 'select id from notes order by id')).toEqual([1, 3])
      expect(await ids(company, 'ann', 'select id from tasks order by id')).toEqual([1])
      expect(await ids(company, 'ann', 'update notes set id = id returning id')).toEqual([1])
      expect(await ids(company, 'ann', 'delete from notes where id = 3 returning id')).toEqual([])
      expect(await ids(company, '', 'update notes set id = id where id = 3 returning id')).toEqual([3])
      await expect(ids(company, 'ann', `insert into tasks values (9, 'bob') returning id`)).rejects.toThrow(
        'row-level security',
      )
      await expect(ids(company, 'ann', 'insert into notes values (9, null) returning id')).rejects.toThrow(
        'row-level security',
      )
    }
  })
})

import { beforeAll, expect, test } from 'vitest'
import { expectNothing, named, type Patient } from './own-server.ts'

/** What a hand did to the cluster; what doctor says mends it, unless only `undo` does. */
export interface Fault {
  readonly sql: string
  readonly check: string
  readonly finding: string
  readonly names: string
  readonly undo?: string
}

/** Makes one after the other: each is found alone, and gone when it is mended. `{database}` stands for the name of the database. */
export function testFaults(given: () => Patient, faults: readonly Fault[]): void {
  const inDatabase = (sql: string): string => sql.replaceAll('{database}', given().database.database)
  const checks = [...new Set(faults.map(({ check }) => check))].flatMap((check) => ['--only', check])
  const expectNoFault = async (): Promise<void> => expectNothing(await given().examine(checks))
  beforeAll(expectNoFault)

  // What one has not mended, the next one finds beside its own.
  test.each(
    faults,
  )('when $check looks after "$sql", then it finds $finding, and what it says mends it', async (fault) => {
    await given().database.query(inDatabase(fault.sql))
    const diagnosis = await given().examine(['--only', fault.check])
    const found = diagnosis.findings.find(({ id }) => id === fault.finding)
    expect(named(diagnosis)).toEqual([`${fault.check} ${fault.finding}`])
    expect(found?.message).toContain(fault.names)
    expect(diagnosis.exitCode).toBe({ error: 1, warning: 2, info: 0 }[found?.severity ?? ''])
    await given().database.query(inDatabase(`${fault.undo ?? found?.mend ?? ''}; reset role`))
  })

  test('when all are mended, then nothing is found', expectNoFault)
}

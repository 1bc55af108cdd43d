import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { expectNothing, givenSetUpPatient, type Patient, startOwnServer } from './support/own-server.ts'

let given: Patient
let verify: string
beforeAll(async () => {
  given = await givenSetUpPatient(await startOwnServer(), { companies: ['abc'] })
  const [row] = await given.database.query<{ text: string }>(
    `select pg_get_functiondef('dbsvc.verify(text, boolean)'::regprocedure) as text`,
  )
  verify = row?.text ?? ''
})

/** Without the IF that raises it. */
function without(refusal: string): string {
  const blocks = verify.split(/(?<=\n {2}end if;\n)/)
  const left = blocks.map((block) =>
    block.includes(`raise exception '${refusal}'`) ? block.replace(/^ {2}if [\s\S]*/m, '') : block,
  )
  expect(left.join('')).not.toContain(refusal)
  return left.join('')
}

describe('given a dbsvc.verify without one of its checks', () => {
  test.each([
    ['forged context', 'a forged context'],
    ['context of another session', 'a context of another session'],
    ['expired context', 'an expired context'],
    ['context of another database', 'a context of another database'],
    ['unknown context key', 'a context of an unknown key'],
  ])('when it does not refuse a "%s", then exactly that way in is named', async (refusal, way) => {
    await given.database.query(without(refusal))
    const { findings, exitCode } = await given.examine(['--only', 'isolation'])
    await given.database.query(verify)
    expect(findings.map(({ id, severity, message }) => [id, severity, message])).toEqual([
      ['isolation-broken', 'error', `one company could read rows by ${way} of another`],
    ])
    expect(exitCode).toBe(ExitCode.Failed)
    expectNothing(await given.examine(['--only', 'isolation']))
  })
})

import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { createDatabase } from '../support/database.ts'
import { runDbsvc } from '../support/dbsvc.ts'
import { createProject } from '../support/project.ts'

describe('a second database of a server that dbsvc has set up before', () => {
  test('leaves the password of the shared role as it is, and says that this machine does not know it', async () => {
    const first = await createDatabase()
    const before = await createProject({ database: first })
    expect((await runDbsvc(['migrate', 'up'], { cwd: before.directory })).exitCode).toBe(ExitCode.Ok)
    const password = `select rolpassword from pg_authid where rolname = 'database_service_role'`
    const [kept] = await first.query(password)

    const directory = await mkdtemp(join(inject('runDirectory'), 'other-secrets-'))
    const second = await createProject({ database: await createDatabase(), config: { secrets: { directory } } })
    const result = await runDbsvc(['migrate', 'up'], { cwd: second.directory })

    expect(result.exitCode).toBe(ExitCode.Ok)
    expect(result.stderr).toContain('set postgres.servicePassword')
    expect(await first.query(password)).toEqual([kept])
  })
})

describe('a table of the tenant scope that is marked as unprotected', () => {
  test('is reached by no request, not even by one of its own company', async () => {
    const database = await createDatabase()
    const project = await createProject({
      database,
      migrations: {
        'postgres/tenant/0001_scratch.sql':
          '-- Up Migration\n-- dbsvc: unprotected scratch because only migrations use it\ncreate table scratch (id integer);\n-- Down Migration\ndrop table scratch;',
      },
    })
    await runDbsvc(['migrate', 'up'], { cwd: project.directory })
    const created = await runDbsvc(['tenant', 'create', 'abc'], { cwd: project.directory })

    expect(created.exitCode).toBe(ExitCode.Ok)
    const [reach] = await database.query(
      `select has_any_column_privilege('database_service_role', 'tenant_abc.scratch', 'select, insert, update') as shared_role,
         has_table_privilege('database_service_role', 'tenant_abc.scratch', 'delete') as erase`,
    )
    expect(reach).toEqual({ shared_role: false, erase: false })
  })
})

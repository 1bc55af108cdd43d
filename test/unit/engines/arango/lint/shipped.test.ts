import { expect, test } from 'vitest'
import { projectScopes } from '../../../../../src/core/migration/scope.ts'
import { lintArango } from '../../../../../src/engines/arango/lint/lint.ts'
import { migrationsIn } from '../../../../support/arango-store.ts'

test.each(projectScopes)('nothing is found in the %s migrations that ship', async (scope) => {
  const files = await migrationsIn(scope)
  expect(files.length).toBeGreaterThan(0)
  expect(await lintArango(files, scope)).toEqual([])
})

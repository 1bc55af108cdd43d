import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { runDbsvc } from '../support/dbsvc.ts'
import { createProject } from '../support/project.ts'

test('several databases of one server are set up at once', async () => {
  const directory = await mkdtemp(join(inject('runDirectory'), 'race-'))
  const projects = await Promise.all(
    Array.from({ length: 4 }, async () =>
      createProject({ database: await createDatabase(), config: { secrets: { directory } } }),
    ),
  )
  const results = await Promise.all(projects.map((project) => runDbsvc(['migrate', 'up'], { cwd: project.directory })))
  expect(results.map(({ exitCode, stderr }) => (exitCode === 0 ? 'set up' : stderr))).toEqual(Array(4).fill('set up'))
})

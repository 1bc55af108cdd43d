import { readFile } from 'node:fs/promises'
import { DbsvcError } from '../../../core/errors/error.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import type { ProjectScope } from '../../../core/migration/scope.ts'
import { type CompiledMigration, compileUnchecked, type Direction } from '../migration/compile.ts'
import { parseStep } from './parse.ts'
import { offsetOf } from './position.ts'
import type { LintMigration, LintSql } from './statement.ts'

/**
 * Compiles a scope's migrations, both ways, and parses what they would send.
 * @throws DBS-1302 a file that cannot be loaded
 */
export async function readForLint(folder: readonly MigrationFile[], scope: ProjectScope): Promise<LintMigration[]> {
  const compiled = await compileUnchecked(folder, new Set(folder.map((file) => file.name)), 'up')
  const migrations: LintMigration[] = []
  for (const up of compiled) {
    const text = await readFile(up.path, 'utf8')
    const down = await compileDown(folder, up.name)
    migrations.push({
      ...up,
      scope,
      text,
      up: await readSql(up, 'up', text),
      down: down === null ? null : await readSql(down, 'down', text),
    })
  }
  return migrations
}

/** One file at a time, so that a file without a way back hides no other's. */
async function compileDown(folder: readonly MigrationFile[], name: string): Promise<CompiledMigration | null> {
  try {
    const [down] = await compileUnchecked(folder, new Set([name]), 'down')
    return down ?? null
  } catch (error) {
    if (error instanceof DbsvcError && (error.code === 'DBS-1303' || error.code === 'DBS-1302')) return null
    throw error
  }
}

async function readSql({ sql }: CompiledMigration, direction: Direction, text: string): Promise<LintSql> {
  const steps = (sql?.steps ?? []).map((step) => parseStep(step, offsetOf(text, step)))
  return {
    direction,
    transaction: sql?.transaction ?? true,
    readable: sql !== null,
    steps: await Promise.all(steps),
  }
}

import type { AskedClass } from '../migration/operation.ts'
import type { LintMigration } from './rule.ts'

/** Every class that the migration makes, by itself or in place of another one. */
export function* createdClasses({ up }: LintMigration): Generator<{
  readonly definition: AskedClass
  readonly line: number | null
}> {
  for (const { operation, line } of up) {
    if (operation.type === 'createClass') yield { definition: operation.value, line }
    if (operation.type === 'rebuildClass') yield { definition: operation.value.to, line }
  }
}

import { type Statement, statementsOf } from './statements.ts'

const allowed = [
  'create',
  'drop',
  'alter',
  'insert',
  'update',
  'delete',
  'select',
  'with',
  'comment',
  'grant',
  'revoke',
]
// What PostgreSQL refuses inside a transaction.
const refused = ['database', 'tablespace', 'subscription', 'system']

const concurrentIndex = /^((?:create(?:\s+unique)?|drop)\s+index\s+)concurrently\s+/i

/**
 * Rewrites the steps of a migration that runs outside a transaction so that they can run inside one, for tables that nobody uses
 * yet: an index is then built at once, where CONCURRENTLY would wait for every transaction of the database.
 * @returns undefined where that cannot be known to mean the same
 */
export function stepsInside(steps: readonly string[]): readonly string[] | undefined {
  const rewritten = steps.map(stepInside)
  return rewritten.every((step) => step !== undefined) ? rewritten : undefined
}

function stepInside(step: string): string | undefined {
  let text = step
  // From the last one on, so that the places of those before it stay what they are.
  for (const statement of statementsOf(step).toReversed()) {
    if (!isAllowed(statement)) return undefined
    if (!statement.words.includes('concurrently')) continue
    const head = text.slice(0, statement.start)
    const tail = text.slice(statement.start)
    if (!concurrentIndex.test(tail)) return undefined
    text = head + tail.replace(concurrentIndex, '$1')
  }
  return text
}

function isAllowed({ words: [first = '', second = ''] }: Statement): boolean {
  // A value added to an enum cannot be used by the transaction that adds it.
  return allowed.includes(first) && !refused.includes(second) && !(first === 'alter' && second === 'type')
}

import type { Rule } from '../rule.ts'

export const withoutAlias: Rule = {
  id: 'weaviate-without-alias',
  severity: 'warning',
  summary: 'A class that no alias stands for.',
  why: 'Whoever uses it by its own name is in the way of every later change that Weaviate cannot make in place.',
  mend: 'Name the class after its version, and add createAlias with the name that is used.',
  *find({ up }) {
    for (const { operation, line } of up) {
      if (operation.type !== 'createClass') continue
      const name = operation.value.class
      const hasAlias = up.some(
        (other) => other.operation.type === 'createAlias' && other.operation.value.class === name,
      )
      if (!hasAlias) yield { message: `${name} has no alias`, line }
    }
  },
}

import type { EngineLinter } from '../../store.ts'
import { lintScope } from './lint.ts'
import { Model } from './model/model.ts'
import { readForLint } from './read.ts'
import { rules } from './rules/index.ts'

const known = new Set(rules.map(({ id }) => id))

export const postgresLinter: EngineLinter = {
  rules,
  async lint(folder, scope, chosen, config) {
    const model = new Model(scope, config.migrations.searchPath)
    const wanted = rules.filter(({ id }) => chosen.has(id))
    return lintScope(model, await readForLint(folder, scope), wanted, known)
  },
}

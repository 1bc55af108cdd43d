import type { EngineLinter } from '../../store.ts'
import { lintArango } from './lint.ts'
import { rules } from './rules/index.ts'

export const arangoLinter: EngineLinter = {
  rules,
  lint: (folder, scope, chosen) =>
    lintArango(
      folder,
      scope,
      rules.filter(({ id }) => chosen.has(id)),
    ),
}
